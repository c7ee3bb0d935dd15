"""Starts relief: also while its modules are still loaded, Ctrl-C is no more than the end of it."""

import sys


def main() -> None:
    """Run the command line of this process."""
    try:
        from relieftool.cli import main as run  # noqa: PLC0415 it is what takes the time

        run()
    except KeyboardInterrupt:
        from relieftool.errors import EXIT_STOPPED  # noqa: PLC0415
        from relieftool.messages import _  # noqa: PLC0415

        sys.stderr.write(_("Stopped.") + "\n")
        sys.exit(EXIT_STOPPED)


if __name__ == "__main__":
    main()
