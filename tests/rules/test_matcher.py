"""Hits and guards: what is found stays found however the text is laid out."""

from __future__ import annotations

import datetime as dt

import pytest

from zwgk_classify import NegativeList, read_document

DAY = dt.date(2026, 9, 1)
SECRET = "被查名单共9户，出发前不得告知辖区所，直奔现场，不打招呼"
PLAIN = f"关于夜查的安排\n\n各组：\n{SECRET}。\n\n某县市场监管局\n2025年5月1日"


def effective(negative_list: NegativeList, text: str) -> set[str]:
    hits = negative_list.scan(read_document(text), DAY)
    return {h.item for h in hits if h.suppressed_by is None}


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace("被查名单", "被 查 名 单"),
        lambda t: t.replace("被查名单", "被\u200b查名单"),
        lambda t: t.replace("被查名单", "被查名\n单"),
        lambda t: t.replace("不打招呼", "不打招呼").replace("查", "查"),
        lambda t: t.replace("9", "９"),
        lambda t: t + "\n" + "本段与前文无关。" * 3000,
        lambda t: "本段与前文无关。\n" * 500 + t.split("\n\n", 1)[1],
    ],
    ids=[
        "spaces",
        "zero-width",
        "line-break",
        "same",
        "full-width",
        "padded-after",
        "padded-before",
    ],
)
def test_layout_and_padding_hide_nothing(negative_list: NegativeList, change) -> None:
    assert "enforcement_file.inspection" in effective(negative_list, change(PLAIN))


def test_evidence_quotes_the_original(negative_list: NegativeList) -> None:
    text = PLAIN.replace("被查名单", "被 查 名 单")
    for hit in negative_list.scan(read_document(text), DAY):
        for e in hit.evidence:
            assert text[e.span.start : e.span.end] == e.quote


def test_a_guarded_hit_stays_in_the_record(negative_list: NegativeList) -> None:
    text = "关于推进执法规范化的通知\n\n各县局：\n学习《关于被查名单管理和直奔现场检查的规定》。\n\n某市局\n2025年1月1日"
    hits = negative_list.scan(read_document(text), DAY)
    assert not effective(negative_list, text)
    assert all(h.suppressed_by for h in hits)


@pytest.mark.parametrize(
    "text",
    [
        "除依法应当保密的外，决策草案向社会公布。",
        "公开后危及国家安全、经济安全、公共安全的事项纳入负面清单管理。",
        "由县保密局、信访局牵头落实。",
        "经审查，本件不涉及国家秘密、商业秘密和个人隐私。",
        "行政机关应当为举报人保密，不得泄露举报人的姓名、住址。",
        "国家秘密是指关系国家安全和利益的事项。",
        "本表为政务公开负面清单，列出不予公开的事项和依据。",
    ],
)
def test_general_guards(negative_list: NegativeList, text: str) -> None:
    """Exception, list about lists, organ names, negation, duty, definition."""
    whole = f"关于做好政务公开工作的通知\n\n各县、市、区人民政府：\n{text}\n\n某市人民政府\n2025年1月1日"
    assert effective(negative_list, whole) == set()


def test_a_harmless_neighbour_does_not_cancel_a_secret(negative_list: NegativeList) -> None:
    for neighbour in ("本次检查的结果将依法公布。", "请各组加强学习培训。", "法律另有规定的除外。"):
        assert "enforcement_file.inspection" in effective(
            negative_list, PLAIN.replace(SECRET, neighbour + SECRET)
        )


def test_order_of_parts_changes_nothing(negative_list: NegativeList) -> None:
    document = read_document(PLAIN)
    assert negative_list.scan(document, DAY) == negative_list.scan(document, DAY)
