"""Starts relief. Ctrl-C ends it quietly also while its modules are still loaded."""

import sys


def start() -> None:
    """Run the command line of this process."""
    try:
        from relieftool.cli import main  # noqa: PLC0415 it is what takes the time

        main()
    except KeyboardInterrupt:
        from relieftool.errors import EXIT_STOPPED  # noqa: PLC0415 only now
        from relieftool.messages import _  # noqa: PLC0415 only now

        sys.stderr.write(_("Stopped.") + "\n")
        sys.exit(EXIT_STOPPED)
