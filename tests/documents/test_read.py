"""Every byte string ends as a document or as a clear Chinese error; nothing is guessed."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zwgk_classify.documents import Limits, read_document
from zwgk_classify.errors import DocumentError, DocumentTooLarge, UnreadableDocument

TEXT = "关于开展活动的通知\n\n各单位：\n定于8月8日举办，请准时参加。\n\n某市体育局\n2025年7月1日\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_encodings(encoding: str) -> None:
    document = read_document(TEXT.encode(encoding))
    assert document.part("body").text == TEXT
    assert document.facts.title == "关于开展活动的通知"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (bytes(range(256)) * 20, "E-DOC-BINARY"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "E-DOC-ENCRYPTED"),
        (OLE, "E-DOC-FORMAT"),
        (b"%PDF-1.7\n", "E-DOC-FORMAT"),
        (TEXT.encode()[:-2], "E-DOC-TRUNCATED"),
        (b"PK\x03\x04 not a zip word/", "E-DOC-TRUNCATED"),
    ],
)
def test_what_cannot_be_read_says_so_in_chinese(data: bytes, code: str) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read_document(data)
    assert caught.value.code == code
    assert any("\u4e00" <= c <= "\u9fff" for c in caught.value.diagnostics())


def test_limits_come_before_parsing() -> None:
    with pytest.raises(DocumentTooLarge):
        read_document(b"x" * 2000, limits=Limits(file_bytes=1000))
    with pytest.raises(DocumentTooLarge):
        read_document("x" * 2000, limits=Limits(text_characters=1000))


def test_a_zip_bomb_is_refused_unparsed() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 40_000_000)
    with pytest.raises(DocumentTooLarge):
        read_document(buffer.getvalue())


def test_empty_text_is_a_document_that_says_nothing() -> None:
    for empty in ("", " \n\t", "\u200b"):
        assert read_document(empty).facts.empty


def test_a_missing_path_is_an_error_for_people(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        read_document(tmp_path / "没有.txt")
    assert caught.value.code == "E-DOC-OPEN"


@given(st.binary(max_size=400))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    for prefix in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"):
        try:
            read_document(prefix + data)
        except DocumentError as error:
            assert error.code
