"""An append-only Merkle log of opaque bytes in the C2SP formats (docs/spec.md, section 5).

Nothing here knows what an entry means; a board could carry anything. Signers come in as arguments.
"""
