"""``python -m merflow``: the command where no folder of commands is on the path, as in a notebook."""

import sys

if __name__ == "__main__":
    from merflow.cli import main

    sys.exit(main())
