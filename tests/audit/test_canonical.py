"""One value has one byte form, and only that form is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zwgk_classify.audit.canonical import canonical, parse_canonical
from zwgk_classify.errors import AuditError

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=10,
)


@given(values)
def test_parser_and_printer_are_a_pair(value: object) -> None:
    body = canonical(value)
    assert parse_canonical(body) == value
    assert canonical(parse_canonical(body)) == body


@given(st.dictionaries(words, values, max_size=5), st.randoms())
def test_the_order_in_which_fields_were_given_does_not_show(
    fields: dict[str, object], chance: object
) -> None:
    names = list(fields)
    chance.shuffle(names)  # type: ignore[attr-defined]
    assert canonical({n: fields[n] for n in names}) == canonical(fields)


def test_keys_are_sorted_as_rfc_8785_says() -> None:
    """RFC 8785, 3.2.3: the published example, by UTF-16 code units."""
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    expected = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(parse_canonical(canonical(dict.fromkeys(keys)))) == expected


def test_strings_are_escaped_as_rfc_8785_says() -> None:
    """RFC 8785, 3.2.2.2."""
    assert canonical('\u20ac$\x0f\nA\'B"\\"/\x7f') == '"€$\\u000f\\nA\'B\\"\\\\\\"/\x7f"'.encode()


def _nested(depth: int) -> object:
    value: object = None
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        1.0,
        float("nan"),
        float("inf"),
        {1: "x"},
        {None: 1},
        b"x",
        {1, 2},
        2**53 + 1,
        "\ud800",
        {"\ud800": 1},
        _nested(40),
    ],
)
def test_what_has_no_single_form_is_refused(value: object) -> None:
    with pytest.raises(AuditError) as caught:
        canonical({"x": value})
    assert caught.value.code == "E-AUDIT-RECORD"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"x",
        b'{"a": 1}',
        b'{"b":1,"a":1}',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":-0}',
        b'{"a":NaN}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b"\xef\xbb\xbf{}",
        b'"\\ud800"',
        b"[" * 100_000,
        b"\xff",
        b"9" * 5000,
    ],
)
def test_other_forms_are_refused_cleanly(body: bytes) -> None:
    with pytest.raises(AuditError) as caught:
        parse_canonical(body)
    assert caught.value.code == "E-AUDIT-RECORD"
