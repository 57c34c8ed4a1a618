"""The ``zwgk`` command: its groups, and how errors leave it."""

from __future__ import annotations

import sys

import click

from zwgk_classify._version import __version__
from zwgk_classify.cli import auditor, curator, drafter
from zwgk_classify.cli.exits import Exit
from zwgk_classify.errors import AuditError, DocumentError, ModelError, NegativeListError, ZwgkError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", message="zwgk %(version)s")
def zwgk() -> None:
    """公文公开属性源头认定：提出建议、列明依据、留下记录。由人决定。"""


zwgk.add_command(drafter.classify)
zwgk.add_command(drafter.doctor)
zwgk.add_command(curator.list_group)
zwgk.add_command(curator.model_group)
zwgk.add_command(auditor.audit_group)


def run(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with one of the codes of ``Exit``."""
    try:
        # Outside its standalone mode click returns the code of an early exit.
        ended = zwgk.main(args=arguments, prog_name="zwgk", standalone_mode=False)
        code = Exit(ended) if isinstance(ended, int) else Exit.DONE
    except click.ClickException as error:
        error.show()
        code = Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中断", err=True)
        code = Exit.INTERRUPTED
    except ZwgkError as error:
        click.echo(error.diagnostics(), err=True)
        code = _code_of(error)
    sys.exit(int(code))


def _code_of(error: ZwgkError) -> Exit:
    if isinstance(error, NegativeListError | ModelError):
        return Exit.INVALID
    if isinstance(error, DocumentError | AuditError):
        return Exit.UNREADABLE
    return Exit.INVALID
