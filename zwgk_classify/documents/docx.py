"""Word files without loss: every story, insertions as text, deletions apart.

Maintained readers drop tracked insertions or text boxes, or read boxes twice; a sentence
that no reader returned is one that no rule can stop. Source: ECMA-376 part 1, 17.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from zwgk_classify.documents.limits import Limits
from zwgk_classify.domain import Fault, Unread
from zwgk_classify.errors import DocumentTooLarge, UnreadableDocument

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_STORIES = (
    (re.compile(r"word/document\d*\.xml"), "body"),
    (re.compile(r"word/header(\d*)\.xml"), "header"),
    (re.compile(r"word/footer(\d*)\.xml"), "footer"),
    (re.compile(r"word/footnotes\.xml"), "footnote"),
    (re.compile(r"word/endnotes\.xml"), "endnote"),
    (re.compile(r"word/comments\.xml"), "comment"),
)
_EMBEDDED = re.compile(r"word/(?:embeddings|activeX|afchunk|charts|diagrams)/|word/afchunk", re.I)
_IMAGE = re.compile(r"word/media/.+\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf)$", re.I)


@dataclass
class Story:
    """Text of one story, with what was deleted, hidden or boxed in it."""

    name: str
    text: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    insertions: int = 0
    deletions: int = 0


@dataclass(frozen=True, slots=True)
class DocxText:
    """Parts by name in reading order, parts that could not be read, and findings."""

    parts: tuple[tuple[str, str], ...]
    unread: tuple[Unread, ...]
    findings: tuple[Fault, ...]


def read_docx(data: bytes, limits: Limits) -> DocxText:
    """All text of a .docx file.

    Raises: DocumentTooLarge before parsing when a limit is reached; UnreadableDocument when
    the archive is broken or has no main story.
    """
    archive = _open(data, limits)
    names = archive.namelist()
    stories: list[Story] = []
    unread: list[Unread] = []
    for name, kind in _stories(names):
        try:
            stories.append(_read_story(_read(archive, name, limits), kind))
        except (etree.XMLSyntaxError, UnreadableDocument, zipfile.BadZipFile, EOFError, ValueError):
            if kind == "body":
                raise UnreadableDocument(
                    "正文部分损坏，无法读取",
                    code="E-DOC-DAMAGED",
                    remedy="用 Word 或 WPS 修复后重试",
                ) from None
            unread.append(Unread(kind, "U-XML", f"{kind} 部分损坏，未读取"))
    if not any(s.name == "body" for s in stories):
        raise UnreadableDocument("文件里没有正文", code="E-DOC-DAMAGED", remedy="核对文件是否完整")
    embedded = sorted(n for n in names if _EMBEDDED.match(n) and not n.endswith("/"))
    unread += [
        Unread(f"embedded:{i}", "U-EMBEDDED", "内嵌对象未读取") for i, _ in enumerate(embedded, 1)
    ]
    images = [n for n in names if _IMAGE.match(n)]
    if images:
        unread.append(Unread("image", "U-IMAGE", f"{len(images)} 张图片中的文字未读取"))
    macros = any(n.lower().endswith("vbaproject.bin") for n in names)
    return DocxText(tuple(_parts(stories)), tuple(unread), tuple(_findings(stories, macros)))


def _open(data: bytes, limits: Limits) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise UnreadableDocument(
            "压缩包损坏或下载不完整", code="E-DOC-TRUNCATED", remedy="重新取得完整文件后重试"
        ) from None
    if len(entries) > limits.archive_entries:
        raise DocumentTooLarge(f"文件内部条目过多（{len(entries)}）", code="E-DOC-ENTRIES")
    total = sum(e.file_size for e in entries)
    if total > limits.archive_bytes or any(e.file_size > limits.entry_bytes for e in entries):
        raise DocumentTooLarge("文件解压后过大，可能是压缩炸弹", code="E-DOC-BOMB")
    if total > 1_000_000 and total > len(data) * limits.compression_ratio:
        raise DocumentTooLarge("文件压缩比异常，可能是压缩炸弹", code="E-DOC-BOMB")
    if any(e.flag_bits & 1 for e in entries):
        raise UnreadableDocument(
            "文件已加密，无法读取", code="E-DOC-ENCRYPTED", remedy="解除密码后重试"
        )
    return archive


def _read(archive: zipfile.ZipFile, name: str, limits: Limits) -> bytes:
    with archive.open(name) as member:
        data = member.read(limits.entry_bytes + 1)
    if len(data) > limits.entry_bytes:
        raise DocumentTooLarge("文件内部条目过大", code="E-DOC-BOMB")
    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data:
        raise UnreadableDocument("文件内含 DTD 声明，拒绝解析", code="E-DOC-DTD")
    return data


def _stories(names: list[str]) -> Iterator[tuple[str, str]]:
    for pattern, kind in _STORIES:
        for name in sorted(n for n in names if pattern.fullmatch(n)):
            match = pattern.fullmatch(name)
            assert match is not None
            number = match.group(1) if match.groups() else ""
            yield name, f"{kind}:{number or 1}" if match.groups() else kind


def _read_story(data: bytes, name: str) -> Story:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    root = etree.fromstring(data, parser)
    story = Story(name)
    _Walker(story).walk(root)
    return story


class _Walker:
    """Walks a story in document order, without recursion limits mattering for real files."""

    def __init__(self, story: Story) -> None:
        self._story = story

    def walk(self, root: etree._Element) -> None:
        self._children(root, self._story.text, deleted=False)

    def _children(self, element: etree._Element, out: list[str], *, deleted: bool) -> None:
        for child in element:
            self._visit(child, out, deleted=deleted)

    def _visit(self, element: etree._Element, out: list[str], *, deleted: bool) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag == f"{_MC}Fallback":
            return
        tag = tag.replace(_W_STRICT, _W)
        story = self._story
        if tag in (f"{_W}t", f"{_W}delText"):
            target = story.deleted if deleted or tag.endswith("delText") else out
            target.append(element.text or "")
        elif tag == f"{_W}txbxContent":
            box: list[str] = []
            self._children(element, box, deleted=deleted)
            story.boxes.append("".join(box))
        elif tag in (f"{_W}del", f"{_W}moveFrom"):
            story.deletions += 1
            self._children(element, out, deleted=True)
            story.deleted.append("\n")
        elif tag in (f"{_W}ins", f"{_W}moveTo"):
            story.insertions += 1
            self._children(element, out, deleted=deleted)
        elif tag == f"{_W}r":
            self._run(element, out, deleted=deleted)
        elif tag == f"{_W}tc":
            cell: list[str] = []
            self._children(element, cell, deleted=deleted)
            out.append("".join(cell).strip("\n").replace("\n", " ") + "\t")
        elif tag == f"{_W}tr":
            row: list[str] = []
            self._children(element, row, deleted=deleted)
            out.append("".join(row).rstrip("\t") + "\n")
        elif tag == f"{_W}p":
            self._children(element, out, deleted=deleted)
            out.append("\n")
        elif tag == f"{_W}tab":
            # Inside paragraph properties a tab is a tab stop, not a character.
            parent = element.getparent()
            if parent is not None and str(parent.tag).endswith("}r"):
                out.append("\t")
        elif tag in (f"{_W}br", f"{_W}cr"):
            out.append("\n")
        elif tag in (f"{_W}noBreakHyphen", f"{_W}softHyphen"):
            out.append("-" if tag.endswith("noBreakHyphen") else "")
        elif tag.endswith("}instrText"):
            return
        else:
            self._children(element, out, deleted=deleted)

    def _run(self, element: etree._Element, out: list[str], *, deleted: bool) -> None:
        properties = element.find(f"{_W}rPr")
        vanish = properties is not None and properties.find(f"{_W}vanish") is not None
        if vanish and properties is not None:
            flag = properties.find(f"{_W}vanish")
            vanish = flag is not None and flag.get(f"{_W}val") not in ("0", "false", "off")
        self._children(element, self._story.hidden if vanish else out, deleted=deleted)


def _parts(stories: list[Story]) -> Iterator[tuple[str, str]]:
    boxes: list[str] = []
    hidden: list[str] = []
    deleted: list[str] = []
    for story in stories:
        text = "".join(story.text).strip("\n")
        if text.strip() or story.name == "body":
            yield story.name, text
        boxes += [b for b in story.boxes if b.strip()]
        hidden += [h for h in story.hidden if h.strip()]
        deleted += [d for d in story.deleted if d]
    for number, box in enumerate(boxes, 1):
        yield f"textbox:{number}", box.strip("\n")
    if hidden:
        yield "hidden", "".join(hidden)
    if "".join(deleted).strip():
        yield "deletion", "".join(deleted).strip("\n")


def _findings(stories: list[Story], macros: bool) -> Iterator[Fault]:
    revisions = sum(s.insertions + s.deletions for s in stories)
    if revisions:
        yield Fault("D-REVISIONS", f"文件含 {revisions} 处修订，公开前须接受或清除")
    if any(s.name == "comment" and "".join(s.text).strip() for s in stories):
        yield Fault("D-COMMENTS", "文件含批注，公开前须清除")
    if any("".join(s.hidden).strip() for s in stories):
        yield Fault("D-HIDDEN", "文件含隐藏文字，公开前须清除")
    if macros:
        yield Fault("D-MACRO", "文件含宏，公开前须清除")
