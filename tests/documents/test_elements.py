"""Elements of official documents are found by position and form, broken ones included."""

from __future__ import annotations

import datetime as dt
import itertools
import json

import pytest

from zwgk_classify.documents import read_document
from zwgk_classify.documents.elements import parse_date
from zwgk_classify.documents.genres import genre_of
from zwgk_classify.documents.printed import printed_attribute

REQUEST = """禾原县人民政府文件

禾政〔2025〕３号　　　签发人：祝远航

关于申请应急供水
补助资金的请示

霁川市人民政府：

缺口960万元。妥否，请批示。

禾原县人民政府
2025年6月30日
（联系人：钱工）
"""


def test_a_request_with_all_its_parts() -> None:
    document = read_document(REQUEST)
    facts, elements = document.facts, document.elements
    assert facts.title == "关于申请应急供水补助资金的请示"
    assert facts.doc_number == "禾政〔2025〕3号"
    assert (facts.genre, elements.direction) == ("请示", "up")
    assert facts.date == dt.date(2025, 6, 30)
    assert elements.value("signer") == "祝远航"
    assert elements.value("addressee") == "霁川市人民政府："
    assert facts.official


def test_head_and_foot_of_a_joint_document() -> None:
    """Copy number, urgency, organ mark, two signers, note, attachments, copies, imprint, page."""
    text = (
        "特急\n\n霁川市水利局文件\n\n霁水发〔2025〕9号\n\n关于做好防汛工作的通知\n\n各县水利局：\n请照办。\n\n"
        "附件：1.值守安排\n\n霁川市水利局\n霁川市应急管理局\n2025年6月1日\n（此件公开发布）\n\n附件1\n值守安排\n"
        "抄送：市政府办公室。\n霁川市水利局办公室 2025年6月2日印发\n— 2 —\n"
    )
    elements = read_document(text).elements
    found = {e.name: e.value for e in elements.found}
    assert found["urgency"] == "特急"
    assert found["organ_mark"] == "霁川市水利局文件"
    assert [e.value for e in elements.found if e.name == "signature"] == [
        "霁川市水利局",
        "霁川市应急管理局",
    ]
    for name in (
        "doc_number",
        "title",
        "addressee",
        "attachment_list",
        "date",
        "note",
        "attachment",
        "copied_to",
        "imprint",
        "page_number",
    ):
        assert name in found, name
    for element in elements.found:
        assert text[element.span.start : element.span.end].strip()


def test_every_character_lies_in_one_zone() -> None:
    document = read_document(REQUEST)
    covered = sorted((z.span.start, z.span.end) for z in document.zones)
    assert covered[0][0] == 0
    assert covered[-1][1] == len(REQUEST)
    assert all(a[1] == b[0] for a, b in itertools.pairwise(covered))


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("（此件公开发布）", "主动公开"),
        ("（此件主动公开）", "主动公开"),
        ("（此件可依申请公开）", "依申请公开"),
        ("（此件不予公开）", "不予公开"),
        ("（此件不公开）", "不予公开"),
        ("此件为内部研究信息，作为免予公开信息", None),
        ("信息公开选项：主动公开", "主动公开"),
        ("公开方式：依申请公开", "依申请公开"),
        ("（此件部分公开）", "部分公开"),
        ("（此件公开发布，附件不予公开）", "部分公开"),
        ("（此 件 不 公 开）", "不予公开"),
        ("（此件发至县级）", None),
    ],
)
def test_printed_attribute_in_its_variants(printed: str, value: str | None) -> None:
    """How far a document is sent is no attribute, and 公开 never swallows 不公开."""
    assert printed_attribute(f"关于某事的通知\n\n{printed}\n2025年1月1日") == value


@pytest.mark.parametrize(
    ("title", "genre"),
    [
        ("关于某事的公告", "公告"),
        ("某事会议纪要", "纪要"),
        ("印发《某方案》的通知", "通知"),
        ("某市管理办法（试行）", "办法"),
        ("一首小诗", None),
    ],
)
def test_genre_is_the_longest_match_at_the_end(title: str, genre: str | None) -> None:
    assert genre_of(title) == genre


def test_dates_in_both_scripts() -> None:
    assert parse_date("二〇二五年十月二十一日") == dt.date(2025, 10, 21)
    assert parse_date("２０２５年３月１日") == dt.date(2025, 3, 1)
    assert parse_date("2025年13月1日") is None


@pytest.mark.parametrize(
    ("head", "party"),
    [
        ("霁办发〔2024〕7号", True),
        ("中共霁川市委办公室文件", True),
        ("霁组通〔2024〕7号", True),
        ("霁政办发〔2024〕7号", False),
        ("霁府办发〔2024〕7号", False),
        ("霁安委〔2024〕7号", False),
    ],
)
def test_party_documents_are_told_by_number_or_organ(head: str, party: bool) -> None:
    text = f"{head}\n\n关于做好某项工作的通知\n\n各单位：\n请照办。\n\n2024年3月1日"
    assert read_document(text).elements.party_number is party


def test_a_letter_of_a_citizen_is_no_official_document() -> None:
    letter = "市长您好：\n我是开发区的居民，楼下饭店油烟太大，多次反映没人管，请帮帮我们。"
    assert not read_document(letter).facts.official


def test_real_published_documents(shared) -> None:
    """On texts nobody here wrote: title and official build almost always, no mark ever."""
    rows = [json.loads(line) for line in (shared / "data/published-dev.jsonl").open()]
    documents = [read_document(row["text"]) for row in rows]
    assert not any(d.facts.mark for d in documents)
    assert sum(d.facts.official for d in documents) >= 0.97 * len(documents)
    letters = [json.loads(line) for line in (shared / "data/petitions-dev.jsonl").open()]
    assert sum(read_document(x["text"]).facts.official for x in letters) <= 0.2 * len(letters)
