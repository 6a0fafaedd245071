"""Dishonest parties: insiders with every key, and what they do to a record."""
