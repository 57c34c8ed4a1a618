"""Commands for the owners of list and model: list, model."""

from __future__ import annotations

import json
from pathlib import Path

import click

from zwgk_classify.cli.exits import Exit


@click.group(name="list")
def list_group() -> None:
    """负面清单：检查、运行条目自带的样例。"""


@list_group.command(name="check")
@click.argument("root", required=False, type=click.Path(path_type=Path, exists=True))
def list_check(root: Path | None) -> None:
    """装入清单，一次列出全部错误。"""
    from zwgk_classify.rules import NegativeList

    negative_list = NegativeList.load(root)
    data = negative_list.data
    rules = sum(len(i.item.rules) for i in data.items)
    click.echo(
        f"清单有效：{len(data.items)} 条目，{rules} 条规则，{len(data.guards)} 种抑制条件，"
        f"{len(data.publish)} 项法定主动公开，{len(data.statutes)} 部法规版本　{negative_list.digest}"
    )


@list_group.command(name="test")
@click.argument("root", required=False, type=click.Path(path_type=Path, exists=True))
def list_test(root: Path | None) -> None:
    """逐条运行样例：应命中的命中，近似而无关的不命中。"""
    from zwgk_classify.rules import NegativeList
    from zwgk_classify.rules.exams import run_exams

    failures = total = 0
    for result in run_exams(NegativeList.load(root)):
        total += 1
        if not result.passed:
            failures += 1
            wanted = "应命中而未命中" if result.should_hit else "不应命中而命中"
            click.echo(f"{result.item} 样例 {result.number}：{wanted}")
    click.echo(f"{total} 个样例，{failures} 个不符")
    if failures:
        raise click.exceptions.Exit(Exit.INVALID)


@list_group.command(name="schema")
def list_schema() -> None:
    """打印条目文件的 JSON Schema，供编辑器补全和检查。"""
    from zwgk_classify.rules.schema import item_schema

    click.echo(item_schema(), nl=False)


@click.group(name="model")
def model_group() -> None:
    """文本分类模型：训练、说明卡。"""


@model_group.command(name="train")
@click.option(
    "--corpus", type=click.Path(path_type=Path, exists=True), help="语料目录（默认：随附语料）"
)
@click.option("--out", type=click.Path(path_type=Path), help="写入目录（默认：随附模型处）")
def model_train(corpus: Path | None, out: Path | None) -> None:
    """由语料训练模型，并写出说明卡。"""
    from zwgk_classify.model.train_run import train_and_save
    from zwgk_classify.resources import data_root

    root = out or data_root("models")
    digest = train_and_save(
        corpus or data_root("models") / "corpus", root, lambda line: click.echo(line, err=True)
    )
    click.echo(f"已写入 {root}　{digest}")


@model_group.command(name="evaluate")
@click.option(
    "--corpus", type=click.Path(path_type=Path, exists=True), help="语料目录（默认：随附语料）"
)
def model_evaluate(corpus: Path | None) -> None:
    """按组留出，比较只用规则、只用模型和两者并用（每折重新训练）。"""
    from zwgk_classify.classify.evaluate import evaluate
    from zwgk_classify.resources import data_root
    from zwgk_classify.rules import NegativeList

    rows = evaluate(corpus or data_root("models") / "corpus", NegativeList.load())
    click.echo("文稿级，按组留出的交叉验证：")
    for row in rows:
        click.echo(
            f"{row.name}：应限制的未被放行 {row.caught}/{row.restricted}（{row.recall:.3f}），"
            f"应公开的送审 {row.reviewed}/{row.public}（{row.review_share:.3f}）"
        )


@model_group.command(name="card")
@click.option("--model", "root", type=click.Path(path_type=Path, exists=True), help="模型目录")
def model_card(root: Path | None) -> None:
    """打印模型说明卡。"""
    from zwgk_classify.model import read_card

    click.echo(json.dumps(read_card(root), ensure_ascii=False, indent=1, sort_keys=True))
