"""Run ``hashquake`` from the command line."""

import sys


def main() -> None:
    """Enter the command line and leave with its status."""
    # Before the rest is loaded, which takes a second on a busy machine: a signal in that second
    # must count, and importing the package must not load the command line.
    from hashquake.serve.cli.stop_signals import remember_stop  # noqa: PLC0415  see above

    remember_stop(sys.argv[1:])
    from hashquake.serve.cli.app import run  # noqa: PLC0415  keeps ``import hashquake`` quick

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
