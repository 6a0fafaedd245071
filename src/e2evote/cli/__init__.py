"""The command line `e2evote`: one file per command group, arguments and printing only."""

from e2evote.cli.application import main

__all__ = ["main"]
