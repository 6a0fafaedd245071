"""Statements, and the equations that show them, as data (docs/spec.md §3). The provers are in `secret/prove`."""
