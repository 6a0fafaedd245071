"""`python -m e2evote`: the command line, also where its script is not on the path."""

import sys

from e2evote.cli.application import main

if __name__ == "__main__":
    sys.exit(main())
