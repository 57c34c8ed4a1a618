"""Commands for auditors: audit."""

from __future__ import annotations

import click

from zwgk_classify.cli.exits import Exit


@click.group(name="audit")
def audit_group() -> None:
    """审计日志：只增不改，可以验证。"""


@audit_group.command(name="verify")
@click.argument("log")
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=click.File("r", encoding="utf-8"),
    help="另存的检查点文件，可给多个",
)
def audit_verify(log: str, checkpoints: tuple[object, ...]) -> None:
    """重算整本日志；改动、删除、插入、换序和截尾都会被发现。"""
    from zwgk_classify.audit import AuditLog, Checkpoint

    older = [Checkpoint.parse(c.read()) for c in checkpoints]  # type: ignore[attr-defined]
    result = AuditLog.open(log, create=False).verify(older)
    for problem in result.problems:
        where = "" if problem.seq is None else f"第 {problem.seq} 条："
        click.echo(f"{where}{problem.message} [{problem.code}]")
    if not result.ok:
        raise click.exceptions.Exit(Exit.NEEDS_PERSON)
    click.echo(f"日志完好：{result.size} 条")


@audit_group.command(name="checkpoint")
@click.argument("log")
def audit_checkpoint(log: str) -> None:
    """打印当前检查点；请存到日志所在机器以外的地方。"""
    from zwgk_classify.audit import AuditLog

    click.echo(AuditLog.open(log, create=False).checkpoint().to_text(), nl=False)
