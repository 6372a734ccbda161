"""Run ``hashquake`` from the command line."""

import sys


def main() -> None:
    """Enter the command line and leave with its status."""
    from hashquake.serve.cli.stop_signals import remember_stop  # noqa: PLC0415  as below

    # Before the rest is loaded, which takes a second on a busy machine.
    remember_stop(sys.argv[1:])
    from hashquake.serve.cli.app import run  # noqa: PLC0415  keeps ``import hashquake`` quick

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
