"""A list file that means something else than it says does not load, and says where."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from zwgk_classify.errors import NegativeListError
from zwgk_classify.resources import data_root
from zwgk_classify.rules import NegativeList
from zwgk_classify.rules.schema import item_schema

GOOD = """group: process
name: 过程
report_code: "3.3.6"
items:
  - id: process.sample
    name: 样例
    effect: MAY_WITHHOLD
    basis: [{statute: zfxxgk-2019, article: "16"}]
    rules:
      - id: one
        find: {terms: [样例词语]}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The shared files of the real list, with one group file of the test's own."""
    folder = tmp_path / "list"
    folder.mkdir()
    for name in ("statutes.yaml", "guards.yaml", "concepts.yaml", "must_publish.yaml"):
        shutil.copy(data_root("negative_list") / name, folder / name)
    (folder / "group.yaml").write_text(GOOD, encoding="utf-8")
    return folder


def problems(root: Path, text: str) -> list[NegativeListError]:
    (root / "group.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(NegativeListError) as caught:
        NegativeList.load(root)
    return [p for p in caught.value.problems if isinstance(p, NegativeListError)]


def test_the_valid_twin_loads(root: Path) -> None:
    assert NegativeList.load(root).knows("process.sample")


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("    name: 样例\n", "    nmae: 样例\n", "E-LIST-MISSING", 5),
        ("    name: 样例\n", "    name: 样例\n    colour: 红\n", "E-LIST-EXTRA-FORBIDDEN", 7),
        ("    name: 样例\n", "    name: 样例\n    name: 又一\n", "E-LIST-DUPLICATE-KEY", 7),
        ("    name: 样例\n", "    name: &a 样例\n", "E-LIST-ALIAS", None),
        ('article: "16"', 'article: "99x"', "E-LIST-STRING-PATTERN-MISMATCH", 8),
        ('article: "16"', 'article: "20"', "E-LIST-BASIS", 5),
        ("zfxxgk-2019", "nothing-1999", "E-LIST-UNKNOWN-STATUTE", 5),
        ("terms: [样例词语]", "terms: [样]", "E-LIST-STRING-TOO-SHORT", 11),
        ("effect: MAY_WITHHOLD", "effect: PERHAPS", None, 7),
        ("name: 过程", "name：过程", "E-LIST-YAML", None),
    ],
)
def test_a_fault_is_named_with_its_place(
    root: Path, old: str, new: str, code: str | None, line: int | None
) -> None:
    found = problems(root, GOOD.replace(old, new, 1))
    chosen = [p for p in found if code is None or p.code == code]
    assert chosen, [p.code for p in found]
    assert chosen[0].place is not None
    assert chosen[0].place.file == "group.yaml"
    if line is not None:
        assert line in {p.place.line for p in chosen if p.place}
    assert any("\u4e00" <= c <= "\u9fff" for c in chosen[0].message)


def test_all_problems_are_told_at_once(root: Path) -> None:
    broken = GOOD.replace("    name: 样例\n", "    nmae: 样例\n").replace("[样例词语]", "[样]")
    assert len(problems(root, broken)) >= 3


@pytest.mark.parametrize("pattern", ["(?=a)b", "(a)\\\\1", "(", "a{2000}"])
def test_a_pattern_re2_refuses_does_not_load(root: Path, pattern: str) -> None:
    (root / "group.yaml").write_text(
        GOOD.replace("terms: [样例词语]", f'patterns: ["{pattern}"]'), encoding="utf-8"
    )
    with pytest.raises(NegativeListError) as caught:
        NegativeList.load(root)
    assert caught.value.code == "E-LIST-PATTERN"


def test_yaml_words_stay_what_a_person_wrote(root: Path) -> None:
    """`no`, `0123` and bare dates are strings, never False, 83 or a timestamp."""
    text = GOOD.replace("terms: [样例词语]", "terms: [no, 0123, 2024-01-01]")
    (root / "group.yaml").write_text(text, encoding="utf-8")
    item = next(i.item for i in NegativeList.load(root).data.items)
    assert item.rules[0].find.terms == ("no", "0123", "2024-01-01")


def test_billion_laughs_and_deep_nesting_are_refused(root: Path) -> None:
    laughs = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    assert problems(root, laughs)
    assert problems(root, "group: " + "[" * 200 + "]" * 200)


def test_an_empty_guard_would_suppress_everything_and_does_not_load(root: Path) -> None:
    path = root / "guards.yaml"
    path.write_text("guards:\n  - {id: G-ALL, kind: policy, name: 全部}\n", encoding="utf-8")
    with pytest.raises(NegativeListError) as caught:
        NegativeList.load(root)
    assert caught.value.code == "E-LIST-EMPTY-GUARD"


def test_another_list_has_another_digest(root: Path) -> None:
    before = NegativeList.load(root).digest
    (root / "group.yaml").write_text(GOOD.replace("样例词语", "样例词组"), encoding="utf-8")
    assert NegativeList.load(root).digest != before


def test_the_checked_in_schema_is_the_one_the_loader_uses() -> None:
    """Editors complete and check by it; `zwgk list schema` prints it anew."""
    kept = data_root("negative_list") / "item.schema.json"
    assert kept.read_text(encoding="utf-8") == item_schema()
