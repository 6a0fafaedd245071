"""How trustees make the joint key, each on its own machine (docs/spec.md §6)."""
