"""Bytes in, bytes out: hashing, canonical encoding and its strict reading (docs/spec.md, section 1)."""
