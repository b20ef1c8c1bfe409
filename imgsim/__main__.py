"""`python -m imgsim` and the command `imgsim` begin here."""

import signal
import sys


def main() -> int:
    """Load the command line and run it; until it answers signals, Ctrl-C ends the program without a word."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from imgsim.cli.main import main as command_line

    return command_line()


if __name__ == "__main__":
    sys.exit(main())
