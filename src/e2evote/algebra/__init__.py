"""Numbers and groups, with no word about elections (docs/spec.md §2)."""
