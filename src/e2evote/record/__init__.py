"""Everything published, one file per kind of fact; which ballots count; the archive an auditor downloads."""
