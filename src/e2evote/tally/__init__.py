"""The statement of what is to be decrypted, the trustees' answers to it, and the outcome (docs/spec.md §9, §10)."""
