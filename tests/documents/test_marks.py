"""A mark is told by position and form, not by its words; a real one leaves no text behind."""

from __future__ import annotations

import pytest

from zwgk_classify.documents import read_document
from zwgk_classify.documents.marks import find_marks
from zwgk_classify.errors import SecretMarkDetected

BODY = "\n\n某市文件\n\n关于某事的通知\n\n各单位：\n请照办。CANARY-7f3a\n\n2025年1月1日"


@pytest.mark.parametrize(
    "mark",
    [
        "机密★10年",
        "秘密★5年",
        "绝密★长期",
        "机 密 ★ 1 0 年",
        "秘密☆6个月",
        "機密★",
        "秘密★2030年1月1日",
        "密级：机密",
        "000027\n秘密★5年",
        "000027\n秘密",
    ],
)
def test_marks_block(mark: str) -> None:
    document = read_document(mark + BODY)
    assert document.facts.mark is not None
    assert document.facts.mark.quote is None
    assert "CANARY" not in repr(document)
    with pytest.raises(SecretMarkDetected):
        document.require_unmarked()


@pytest.mark.parametrize(
    "text",
    [
        "下列标注正确的是：\nA. 机密★10年\nB. 机密10年",
        "关于学习保密知识的通知\n\n各单位：\n密级标志如“机密★10年”应印在左上角。\n\n2025年1月1日",
        "密级：无\n\n关于某事的通知",
        "密级：公开\n\n关于某事的通知",
        "三星级★★★酒店名单",
        "关于采购机密级计算机的公告\n\n预算10万元。",
    ],
)
def test_talk_about_marks_does_not_block(text: str) -> None:
    assert read_document(text).facts.mark is None


@pytest.mark.parametrize("text", ["密级：核心\n\n关于某事的通知", "机★密 10年\n\n关于某事的通知"])
def test_an_unknown_level_is_a_question_not_an_opening(text: str) -> None:
    """An unrecognised 密级 never falls through to open."""
    marks = find_marks("body", text)
    assert marks.mark is not None or "D-MARK-UNKNOWN" in {f.code for f in marks.faults}
