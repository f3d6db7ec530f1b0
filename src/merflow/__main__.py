"""``python -m merflow``: the command where no folder of commands is on the path, as in a notebook."""

import sys

from merflow.cli import main

if __name__ == "__main__":
    sys.exit(main())
