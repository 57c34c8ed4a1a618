"""Commands for drafters: classify, doctor."""

from __future__ import annotations

import datetime as dt
import importlib
import importlib.util
import json
import sys
import uuid
from pathlib import Path

import click

from zwgk_classify.classify import Classifier
from zwgk_classify.cli.exits import Exit
from zwgk_classify.cli.inputs import Given, given_drafts
from zwgk_classify.domain import Attribute, Proposal, Status
from zwgk_classify.render.text import text_card

_OPTIONAL = {"ahocorasick_rs": "更快的多词扫描 [fast]"}
_REQUIRED = (
    "yaml",
    "pydantic",
    "re2",
    "lxml",
    "sqlalchemy",
    "click",
    "numpy",
    "sklearn",
    "jieba",
    "joblib",
)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "jsonl"]),
    default="text",
    help="输出格式",
)
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="基准日（默认：文件的成文日期，否则今天）"
)
@click.option("--declared", help="拟稿人申报的属性；空字符串表示应填未填")
@click.option("--log", "log_url", help="审计日志（文件路径或 SQLAlchemy URL）")
@click.option("--actor", default="zwgk", show_default=True, help="写入日志的操作者")
@click.option(
    "--fail-on",
    type=click.Choice(["never", "blocked", "review", "withheld"]),
    default="never",
    show_default=True,
    help="出现何种结果时以退出码 1 结束",
)
@click.option(
    "--list", "list_root", type=click.Path(path_type=Path, exists=True), help="另用的负面清单目录"
)
@click.option(
    "--model", "model_root", type=click.Path(path_type=Path, exists=True), help="另用的模型目录"
)
def classify(
    paths: tuple[Path, ...],
    form: str,
    as_of: dt.datetime | None,
    declared: str | None,
    log_url: str | None,
    actor: str,
    fail_on: str,
    list_root: Path | None,
    model_root: Path | None,
) -> None:
    """提出公开属性建议。PATHS 为文件、文件夹，或每行含 id 和 text 的 .jsonl。"""
    classifier = Classifier.load(list_root, model_root)
    log = _open_log(log_url)
    unreadable = needs_person = False
    shapes = []
    for given in given_drafts(paths):
        proposal = _proposal(classifier, given, as_of.date() if as_of else None, declared)
        if log is not None:
            log.record(proposal, given, actor)
        unreadable = unreadable or "file" in {u.part for u in proposal.facts.coverage.unread}
        needs_person = needs_person or _needs_person(proposal, fail_on)
        shape = proposal.to_dict()
        if form == "jsonl":
            click.echo(json.dumps(shape, ensure_ascii=False))
        elif form == "text":
            click.echo(f"── {given.id}\n{text_card(shape)}\n")
        else:
            shapes.append(shape)
    if form == "json":
        click.echo(
            json.dumps(shapes[0] if len(shapes) == 1 else shapes, ensure_ascii=False, indent=2)
        )
    if unreadable:
        click.echo("有输入未能读取，见各条的 review_reasons", err=True)
        raise click.exceptions.Exit(Exit.UNREADABLE)
    if needs_person:
        raise click.exceptions.Exit(Exit.NEEDS_PERSON)


def _proposal(
    classifier: Classifier, given: Given, as_of: dt.date | None, declared: str | None
) -> Proposal:
    day = given.as_of or as_of
    if given.content is None:
        assert given.fault is not None
        return classifier.unreadable(given.fault, identifier=given.id, as_of=day)
    return classifier.classify(
        given.content,
        identifier=given.id,
        as_of=day,
        declared=given.declared if given.declared is not None else declared,
    )


def _needs_person(proposal: Proposal, fail_on: str) -> bool:
    if fail_on == "blocked":
        return proposal.status is Status.BLOCKED
    if fail_on == "review":
        return proposal.status is not Status.PROPOSED
    if fail_on == "withheld":
        return proposal.attribute is not Attribute.PROACTIVE
    return False


class _Log:
    """Records proposals in an audit log; a record that cannot be written stops the command."""

    def __init__(self, url: str) -> None:
        from zwgk_classify.audit import AuditLog

        self._log = AuditLog.open(url)

    def record(self, proposal: Proposal, given: Given, actor: str) -> None:
        from zwgk_classify.audit import Record

        content = _bytes_of(given)
        record = Record.of_proposal(
            proposal.to_dict(),
            entry_id=str(uuid.uuid4()),
            time=dt.datetime.now(dt.UTC),
            actor=actor,
            document_digest=self._log.document_digest(content),
            length=len(content),
        )
        self._log.append(record)


def _bytes_of(given: Given) -> bytes:
    if isinstance(given.content, str):
        return given.content.encode("utf-8", "surrogatepass")
    if given.content is None:
        return b""
    try:
        return given.content.read_bytes()
    except OSError:
        return b""


def _open_log(url: str | None) -> _Log | None:
    return _Log(url) if url else None


@click.command()
def doctor() -> None:
    """检查安装：装了什么，缺什么，怎么补。"""
    from zwgk_classify import __version__
    from zwgk_classify.errors import ZwgkError
    from zwgk_classify.model import load_model
    from zwgk_classify.resources import data_root
    from zwgk_classify.rules import NegativeList

    failed = False
    click.echo(f"zwgk-classify {__version__}　Python {sys.version.split()[0]}")
    for name in _REQUIRED:
        found = importlib.util.find_spec(name) is not None
        failed = failed or not found
        click.echo(
            f"{'✓' if found else '✗'} {name}" + ("" if found else "　缺少：请重新安装本软件包")
        )
    for name, why in _OPTIONAL.items():
        found = importlib.util.find_spec(name) is not None
        click.echo(f"{'✓' if found else '·'} {name}　{why}" + ("" if found else "（未装，可不装）"))
    try:
        negative_list = NegativeList.load()
        click.echo(
            f"✓ 负面清单 {len(negative_list.data.items)} 条　{negative_list.digest[:19]}…　{data_root('negative_list')}"
        )
    except ZwgkError as error:
        failed = True
        click.echo(f"✗ 负面清单　{error.diagnostics()}")
    try:
        click.echo(f"✓ 模型　{load_model().digest[:19]}…　{data_root('models')}")
    except ZwgkError as error:
        failed = True
        click.echo(f"✗ 模型　{error.diagnostics()}")
    if failed:
        raise click.exceptions.Exit(Exit.INVALID)
    click.echo("可以使用。")
