"""Which strings a pattern cannot match without: its required literals."""

from __future__ import annotations

import re
from collections.abc import Iterable

# The parser of the standard library is the only maintained one that yields a syntax tree.
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_MOST_ALTERNATIVES = 64


def required_literals(pattern: str) -> frozenset[str]:
    """Strings of which every match of ``pattern`` contains at least one.

    Empty when no such set is found; the pattern must then run everywhere.
    Source: the usual literal optimisation of regular-expression engines.
    """
    try:
        # RE2 knows script classes, the standard parser does not; for literals any class will do.
        tree = parser.parse(pattern.replace(r"\p{Han}", r"\w"))
    except (re.error, OverflowError, RecursionError):
        return frozenset()
    return frozenset(_best(list(tree)) or ())


def _better(a: set[str] | None, b: set[str] | None) -> set[str] | None:
    """The set whose shortest member is longer; fewer members break a tie."""
    if a is None or b is None:
        return a or b
    key_a = (min(map(len, a)), -len(a))
    key_b = (min(map(len, b)), -len(b))
    return a if key_a >= key_b else b


def _best(nodes: Iterable[tuple[Any, Any]]) -> set[str] | None:
    best: set[str] | None = None
    run = ""
    for kind, value in nodes:
        if kind is op.LITERAL:
            run += chr(value)
            continue
        if run:
            best, run = _better(best, {run}), ""
        best = _better(best, _of_node(kind, value))
    return _better(best, {run} if run else None)


def _of_node(kind: Any, value: Any) -> set[str] | None:
    if kind is op.SUBPATTERN:
        return _best(list(value[3]))
    if kind is op.BRANCH:
        union: set[str] = set()
        for branch in value[1]:
            part = _best(list(branch))
            if part is None:
                return None
            union |= part
        return union if len(union) <= _MOST_ALTERNATIVES else None
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] >= 1:
        return _best(list(value[2]))
    if kind is op.IN and all(k is op.LITERAL for k, _ in value):
        return {chr(v) for _, v in value} if len(value) <= _MOST_ALTERNATIVES else None
    return None
