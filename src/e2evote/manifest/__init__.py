"""What a selection is, fixed before it begins: contests, options, limits, parties, rules (docs/spec.md §4)."""
