"""Normalisation never loses a place: what is found leads back to the original characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zwgk_classify.documents.normalize import normalize

NOISE = ["", " ", "\u3000", "\u200b", "\n", "\u00ad", " \n"]
TERM = "资金缺口较大"


@pytest.mark.parametrize(
    ("original", "expected"),
    [
        ("申 请 解 决", "申请解决"),
        ("ＡＢ１２", "AB12"),
        ("機密資料", "机密资料"),
        ("甲(乙):丙", "甲（乙）：丙"),
        ("时间 9:30 开始", "时间9:30开始"),
        ("零\u200b宽", "零宽"),
        ("gov cn", "gov cn"),
        ("甲\t乙", "甲\t乙"),
        ("13900003388\t33029919670228317X", "13900003388\t33029919670228317X"),
    ],
)
def test_folding(original: str, expected: str) -> None:
    assert normalize(original).text == expected


@given(
    st.lists(st.sampled_from(NOISE), min_size=len(TERM), max_size=len(TERM)), st.text(max_size=20)
)
def test_a_word_pulled_apart_is_found_at_its_place(noise: list[str], before: str) -> None:
    """Spaces, zero-width characters and line breaks inside a word hide nothing."""
    spread = "".join(c + n for c, n in zip(TERM, noise, strict=True))
    original = f"{before}。{spread}。"
    normal = normalize(original)
    start = normal.text.rindex(TERM)
    first, last = normal.to_original(start, start + len(TERM))
    found = original[first:last]
    assert found[0] == TERM[0]
    assert found[-1] == TERM[-1]
    assert normalize(found).text == TERM


@given(st.text(max_size=80))
def test_offsets_are_monotone_and_inside(original: str) -> None:
    normal = normalize(original)
    places = [normal.to_original(i, i + 1) for i in range(len(normal.text))]
    assert all(0 <= s < e <= len(original) for s, e in places)
    assert places == sorted(places)


@given(st.text(alphabet="甲乙 \n\t。：(1a）", max_size=60))
def test_normalising_again_changes_nothing(original: str) -> None:
    once = normalize(original).text
    assert normalize(once).text == once


def test_a_heading_ends_a_paragraph_and_a_broken_title_does_not() -> None:
    normal = normalize("关于申请补助的请\n示\n\n市政府：\n我县缺水。")
    assert normal.text.startswith("关于申请补助的请示市政府：")
    assert normal.text.index("市政府") in normal.breaks
    assert normal.text.index("示") not in normal.breaks
