"""Identity numbers are found in all their writings; other long numbers are left alone."""

from __future__ import annotations

import pytest

from zwgk_classify.rules.identifiers import find_identifiers, luhn_checks, resident_id_checks


def found(kind: str, text: str) -> list[str]:
    return [text[s:e] for s, e in find_identifiers(kind, text)]


@pytest.mark.parametrize(
    "number",
    [
        "11010519491231002X",
        "110105194912310021",
        "330102196507281245",
        "110105 19491231 002X",
        "110105491231002",
    ],
)
def test_resident_numbers_even_mistyped(number: str) -> None:
    assert found("resident_id", f"证号{number}，") == [number]


@pytest.mark.parametrize(
    "text",
    [
        "统一社会信用代码91370800MA3C2D1E2F",
        "项目代码2025-330102-04-01-123456",
        "000000196507281245",
        "330102196513281245",
        "合同号330102196507281245678",
    ],
)
def test_other_numbers_are_no_resident_numbers(text: str) -> None:
    assert found("resident_id", text) == []


def test_check_digit_after_gb_11643() -> None:
    assert resident_id_checks("11010519491231002X")
    assert not resident_id_checks("110105194912310021")


@pytest.mark.parametrize(
    "text", ["13900003388", "139 0000 3388", "+86 13900003388", "139-0000-3388"]
)
def test_mobiles(text: str) -> None:
    assert found("mobile", f"电话{text}。")


@pytest.mark.parametrize("text", ["138****1234", "〔2024〕13800号", "1390000338", "139000033881"])
def test_no_mobiles(text: str) -> None:
    assert found("mobile", text) == []


def test_bank_cards_pass_luhn() -> None:
    assert luhn_checks("6222020000000000008") is (found("bank_card", "6222020000000000008") != [])
    assert found("bank_card", "卡号4111111111111111。") == ["4111111111111111"]
    assert found("bank_card", "卡号4111111111111112。") == []
