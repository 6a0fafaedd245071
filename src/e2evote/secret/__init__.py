"""The only code that touches secret numbers. Nothing that verifies imports it."""
