"""Training is reproducible, grouped, and refuses a broken corpus."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from zwgk_classify.errors import ModelError
from zwgk_classify.model.corpus import read_corpus
from zwgk_classify.model.train_run import train_and_save

SUBJECTS = ["水利", "教育", "交通", "卫生", "林业", "体育"]


def corpus(folder: Path) -> Path:
    """A small corpus of the test's own; what it teaches is of no interest here."""
    folder.mkdir()
    rows = []
    for number, subject in enumerate(SUBJECTS * 6):
        secret = f"{subject}人选中甲同志得{number}票，先不要外传。"
        public = f"{subject}局欢迎市民参加第{number}次开放日活动。"
        for kind, text, items, attribute in (
            ("w", secret, ["internal_affairs.personnel"], "不予公开"),
            ("p", public, [], "主动公开"),
        ):
            rows.append(
                {
                    "id": f"{kind}{number}", "kind": "draft", "attribute": attribute, "items": items,
                    "group": f"g{number}", "text": text,
                    "spans": [{"item": i, "quote": text} for i in items],
                }
            )  # fmt: skip
    rows += [
        {"id": f"q{n}", "kind": "passage", "attribute": "依申请公开", "items": ["process.draft"], "group": f"q{n}",
         "text": f"第{n}稿先请各科看看。", "spans": [{"item": "process.draft", "quote": f"第{n}稿"}]}
        for n in range(12)
    ]  # fmt: skip
    rows += [
        {
            "id": f"o{n}",
            "kind": "other",
            "attribute": None,
            "items": [],
            "group": f"o{n}",
            "text": f"床前明月光{n}",
            "spans": [],
        }
        for n in range(12)
    ]
    (folder / "a.jsonl").write_text(
        "\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8"
    )
    return folder


def test_same_corpus_same_digest(tmp_path: Path) -> None:
    source = corpus(tmp_path / "corpus")
    first = train_and_save(source, tmp_path / "one", lambda _: None)
    second = train_and_save(source, tmp_path / "two", lambda _: None)
    assert first == second
    assert (tmp_path / "one/model.npz").read_bytes() == (tmp_path / "two/model.npz").read_bytes()


@pytest.mark.parametrize(
    "line",
    [
        "{",
        '{"id": "x"}',
        '{"id":"x","kind":"draft","attribute":"绝密","items":[],"group":"g","text":"文","spans":[]}',
        '{"id":"x","kind":"draft","attribute":"不予公开","items":["a.b"],"group":"g","text":"文","spans":[{"item":"a.b","quote":"不在文中"}]}',
    ],
)
def test_a_broken_line_is_named_by_file_and_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.jsonl").write_text("\n" + line, encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        read_corpus(tmp_path)
    assert str(caught.value.place) == "a.jsonl:2"


def test_the_shipped_corpus_is_sound() -> None:
    """Every quote stands in its text, every item exists, ids are unique."""
    from zwgk_classify.resources import data_root
    from zwgk_classify.rules import NegativeList

    examples = read_corpus(data_root("models") / "corpus")
    negative_list = NegativeList.load()
    assert {i for e in examples for i in e.items} <= {x.item.id for x in negative_list.data.items}
    assert all(e.spans or not e.items for e in examples if "scope.not_gov_info" not in e.items)
