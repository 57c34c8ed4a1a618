"""A checkpoint's text form reads back as the same value, and nothing else reads at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zwgk_classify.audit import Checkpoint
from zwgk_classify.errors import AuditError

ROOT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
TEXT = f"zwgk/ab12\n42\n{ROOT}\nalgorithm sha256\n"
names = st.text("abcz0189./-", min_size=1, max_size=20)


def test_the_text_form() -> None:
    """C2SP tlog-checkpoint: origin, size, root, then extension lines."""
    assert Checkpoint("zwgk/ab12", 42, bytes(range(32))).to_text() == TEXT


@given(
    names, st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32), names, st.lists(names)
)
def test_parser_and_printer_are_a_pair(
    origin: str, size: int, root: bytes, algorithm: str, extensions: list[str]
) -> None:
    checkpoint = Checkpoint(origin, size, root, algorithm, tuple(extensions))
    assert Checkpoint.parse(checkpoint.to_text()) == checkpoint
    assert Checkpoint.parse(checkpoint.to_text()).to_text() == checkpoint.to_text()


def test_without_an_algorithm_line_it_is_sha256() -> None:
    text = f"zwgk/ab12\n42\n{ROOT}\nwitness later\n"
    parsed = Checkpoint.parse(text)
    assert parsed.algorithm == "sha256"
    assert parsed.extensions == ("witness later",)


@given(st.text() | st.binary().map(lambda b: b.decode("latin-1")))
def test_anything_else_is_refused_cleanly(text: str) -> None:
    with pytest.raises(AuditError):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    "text",
    {
        "no_newline": TEXT[:-1],
        "signed": f"{TEXT}\n— key sig\n",
        "leading_zero": TEXT.replace("\n42", "\n042"),
        "plus": TEXT.replace("\n42", "\n+42"),
        "wide_digits": TEXT.replace("\n42", "\n４２"),
        "negative": TEXT.replace("\n42", "\n-1"),
        "huge": TEXT.replace("\n42", "\n" + "9" * 30),
        "root_short": TEXT.replace("AAEC", ""),
        "root_other_bits": TEXT.replace("Hh8=", "Hh9="),
        "root_url_safe": TEXT.replace(ROOT, "_" + ROOT[1:]),
        "two_algorithms": TEXT + "algorithm sm3\n",
        "empty_origin": TEXT.replace("zwgk/ab12", ""),
        "space_in_origin": TEXT.replace("zwgk/ab12", "zwgk ab12"),
        "carriage_returns": TEXT.replace("\n", "\r\n"),
        "long": TEXT + "x" * 5000 + "\n",
    }.values(),
)
def test_near_misses_are_refused(text: str) -> None:
    with pytest.raises(AuditError) as caught:
        Checkpoint.parse(text)
    assert caught.value.code == "E-AUDIT-CHECKPOINT"
