"""`python -m imgsim` is the command line."""

import sys

from imgsim.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
