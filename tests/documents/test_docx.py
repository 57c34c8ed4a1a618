"""A sentence planted anywhere in a .docx is read, or the part is reported unread."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest

from zwgk_classify.documents import read_document
from zwgk_classify.errors import UnreadableDocument

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
CANARY = "储备库点坐标"


def package(body: str, **others: str) -> bytes:
    """A .docx made by hand, with exactly the given stories."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        document = f"<w:document {W} {MC}><w:body>{body}</w:body></w:document>"
        archive.writestr("word/document.xml", document)
        for name, xml in others.items():
            archive.writestr(f"word/{name}", xml)
    return buffer.getvalue()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def everything(data: bytes) -> str:
    return "\n".join(p.normal.text for p in read_document(data).parts)


@pytest.mark.parametrize(
    "body",
    [
        "<w:p><w:r><w:t>储备库</w:t></w:r><w:r><w:t>点坐标</w:t></w:r></w:p>",
        f"<w:p><w:ins><w:r><w:t>{CANARY}</w:t></w:r></w:ins></w:p>",
        f"<w:p><w:del><w:r><w:delText>{CANARY}</w:delText></w:r></w:del></w:p>",
        f"<w:p><w:moveFrom><w:r><w:t>{CANARY}</w:t></w:r></w:moveFrom></w:p>",
        f"<w:tbl><w:tr><w:tc><w:tbl><w:tr><w:tc>{paragraph(CANARY)}</w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>",
        f"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{CANARY}</w:t></w:r></w:p>",
        f"<w:p><w:r><w:pict><w:txbxContent>{paragraph(CANARY)}</w:txbxContent></w:pict></w:r></w:p>",
        f"<w:p><w:hyperlink><w:r><w:t>{CANARY}</w:t></w:r></w:hyperlink></w:p>",
        f"<w:sdt><w:sdtContent>{paragraph(CANARY)}</w:sdtContent></w:sdt>",
        f"<w:p><w:fldSimple><w:r><w:t>{CANARY}</w:t></w:r></w:fldSimple></w:p>",
    ],
    ids=[
        "runs",
        "insertion",
        "deletion",
        "moved",
        "nested-table",
        "hidden",
        "textbox",
        "link",
        "sdt",
        "field",
    ],
)
def test_planted_in_the_main_story(body: str) -> None:
    assert CANARY in everything(package(paragraph("正文") + body))


@pytest.mark.parametrize(
    "name", ["header1.xml", "footer2.xml", "footnotes.xml", "endnotes.xml", "comments.xml"]
)
def test_planted_in_another_story(name: str) -> None:
    data = package(paragraph("正文"), **{name: f"<w:x {W}>{paragraph(CANARY)}</w:x>"})
    assert CANARY in everything(data)


def test_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{paragraph(CANARY)}</w:txbxContent>"
    body = (
        f"<w:p><w:r><mc:AlternateContent><mc:Choice Requires='wps'>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert everything(package(body)).count(CANARY) == 1


def test_deleted_text_is_kept_apart_and_reported() -> None:
    document = read_document(
        package(f"<w:p><w:del><w:r><w:delText>{CANARY}</w:delText></w:r></w:del></w:p>")
    )
    assert CANARY not in document.part("body").text
    assert "D-REVISIONS" in {f.code for f in document.facts.findings}


def test_broken_header_and_images_are_unread_not_forgotten() -> None:
    document = read_document(
        package(paragraph("正文"), **{"header1.xml": "<broken", "media/a.png": "x"})
    )
    assert {u.code for u in document.facts.coverage.unread} == {"U-XML", "U-IMAGE"}


@pytest.mark.parametrize("story", ["<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", "<w:document"])
def test_a_broken_or_hostile_main_story_is_an_error(story: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", story)
    with pytest.raises(UnreadableDocument):
        read_document(buffer.getvalue())


def test_a_mark_in_the_page_header_blocks() -> None:
    data = package(
        paragraph("正文"), **{"header1.xml": f"<w:hdr {W}>{paragraph('机密★10年')}</w:hdr>"}
    )
    assert read_document(data).facts.mark is not None


def test_a_file_of_the_usual_producer() -> None:
    made = docx.Document()
    made.add_paragraph("关于开展活动的通知")
    made.add_paragraph("各单位：")
    table = made.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "姓名", CANARY
    made.sections[0].header.paragraphs[0].text = "内部资料"
    buffer = io.BytesIO()
    made.save(buffer)
    document = read_document(buffer.getvalue())
    assert f"姓名\t{CANARY}" in document.part("body").text
    assert any(p.name.startswith("header") and "内部资料" in p.text for p in document.parts)
