"""Who may vote: members are read, the roll is drawn up, registrars make codes; all off line (docs/spec.md §13)."""
