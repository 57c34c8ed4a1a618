"""Both engines find the same, overlaps kept; literals never miss a match."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zwgk_classify.scan.automaton import BucketAutomaton, CompiledAutomaton, build_automaton
from zwgk_classify.scan.literals import required_literals

words = st.lists(st.text("甲乙丙a", min_size=1, max_size=4), unique=True, max_size=12)


@given(words, st.text("甲乙丙ab", max_size=60))
def test_both_engines_agree_with_the_definition(terms: list[str], text: str) -> None:
    expected = sorted(
        (i, i + len(t), n)
        for n, t in enumerate(terms)
        for i in range(len(text))
        if text.startswith(t, i)
    )
    assert BucketAutomaton(terms).find(text) == expected
    assert CompiledAutomaton(terms).find(text) == expected


@pytest.mark.parametrize("terms", [["a", "a"], [""]])
def test_empty_and_repeated_terms_are_refused(terms: list[str]) -> None:
    with pytest.raises(ValueError, match="distinct"):
        build_automaton(terms)


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        ("甲乙", {"甲乙"}),
        ("(?:甲乙|丙丁)x?", {"甲乙", "丙丁"}),
        ("[甲乙]丙丁+", {"丙"}),
        ("甲?", set()),
        (r"\d+号", {"号"}),
        (r"\p{Han}{2}局长", {"局长"}),
    ],
)
def test_required_literals(pattern: str, literals: set[str]) -> None:
    assert required_literals(pattern) == literals


@given(
    st.from_regex(re.compile(r"(甲乙|丙)[丁戊]{1,3}(己|庚辛)?", re.ASCII), fullmatch=True),
)
def test_every_match_contains_a_literal(match: str) -> None:
    assert any(x in match for x in required_literals(r"(甲乙|丙)[丁戊]{1,3}(己|庚辛)?"))
