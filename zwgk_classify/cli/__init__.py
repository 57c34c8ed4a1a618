"""The command line: arguments and exit codes only."""

from __future__ import annotations


def main() -> None:
    """Entry point of ``zwgk``."""
    from zwgk_classify.cli.app import run

    run()
