"""The command line end to end: exit codes, shapes, streams, and the log behind it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from zwgk_classify.cli.app import run

ROOT = Path(__file__).resolve().parents[2]
NOTICE = "关于开展全民健身活动的通知\n\n各县、区体育局：\n定于8月8日举办健步走，欢迎市民参加。\n\n某市体育局\n2025年7月1日"


def zwgk(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ending:
        run([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return int(ending.value.code or 0), out, err


def shapes(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_jsonl_in_input_order_with_the_public_shape(capsys, tmp_path: Path) -> None:
    path = tmp_path / "drafts.jsonl"
    rows = [{"id": f"d{n}", "text": NOTICE, "as_of": "2025-08-01"} for n in range(3)]
    path.write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    code, out, err = zwgk(capsys, "classify", "--format", "jsonl", path)
    found = shapes(out)
    assert (code, err) == (0, "")
    assert [s["id"] for s in found] == ["d0", "d1", "d2"]
    assert set(found[0]) == {
        "schema", "id", "attribute", "status", "partial", "grounds", "must_publish", "defects", "review_reasons",
        "reasons", "annual_report_code", "document", "model", "versions", "as_of",
    }  # fmt: skip
    assert found[0]["schema"] == "zwgk.proposal/1"
    assert found[0]["as_of"] == "2025-08-01"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.txt", b"", "R-EMPTY"),
        ("binary.bin", bytes(range(256)) * 30, "E-DOC-BINARY"),
        (
            "secret.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "E-DOC-ENCRYPTED",
        ),
        ("cut.docx", b"PK\x03\x04word/", "E-DOC-TRUNCATED"),
        ("cut.txt", "关于开展活动的通知".encode()[:-1], "E-DOC-TRUNCATED"),
        ("scan.pdf", b"%PDF-1.7", "E-DOC-FORMAT"),
        ("huge.txt", "一二三四五六七八九十".encode() * 2_300_000, "E-DOC-TOO-LARGE"),
    ],
)
def test_what_cannot_be_read_is_never_open(
    capsys, tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    """Law 3: a clear Chinese message, REVIEW, no attribute, and the right exit code."""
    path = tmp_path / name
    path.write_bytes(content)
    code, out, _ = zwgk(capsys, "classify", "--format", "jsonl", path)
    (shape,) = shapes(out)
    assert shape["status"] == "REVIEW"
    assert shape["attribute"] is None
    assert reason in {r["code"] for r in shape["review_reasons"]}
    assert code == (0 if reason == "R-EMPTY" else 3)


def test_a_bad_row_is_one_bad_row(capsys, tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text(
        '{"id":"a","text":"关于某事的通知"}\nnot json\n{"id":"c","text":5}\n', encoding="utf-8"
    )
    code, out, err = zwgk(capsys, "classify", "--format", "jsonl", path)
    assert code == 3
    assert [s["status"] for s in shapes(out)[1:]] == ["REVIEW", "REVIEW"]
    assert len(shapes(out)) == 3
    assert "未能读取" in err


def test_a_missing_file_is_said(capsys, tmp_path: Path) -> None:
    code, out, _ = zwgk(capsys, "classify", "--format", "jsonl", tmp_path / "没有.txt")
    assert code == 3
    assert shapes(out)[0]["attribute"] is None


@pytest.mark.parametrize(
    ("fail_on", "code"), [("never", 0), ("review", 1), ("withheld", 1), ("blocked", 0)]
)
def test_fail_on(capsys, fail_on: str, code: int) -> None:
    path = ROOT / "examples/03-请示-应急供水资金.txt"
    assert zwgk(capsys, "classify", "--fail-on", fail_on, path)[0] == code


def test_usage_and_invalid_list(capsys, tmp_path: Path) -> None:
    assert zwgk(capsys, "classify")[0] == 2
    assert zwgk(capsys, "nonsense")[0] == 2
    (tmp_path / "a.yaml").write_text("group: [", encoding="utf-8")
    code, _, err = zwgk(capsys, "list", "check", tmp_path)
    assert code == 4
    assert "a.yaml" in err


def test_the_log_of_a_run_verifies_and_tampering_shows(capsys, tmp_path: Path) -> None:
    log = tmp_path / "audit.db"
    code, _, _ = zwgk(capsys, "classify", "--log", log, ROOT / "examples")
    assert code == 0
    code, out, _ = zwgk(capsys, "audit", "verify", log)
    assert code == 0
    assert "15 条" in out
    connection = sqlite3.connect(log)
    connection.execute("DROP TRIGGER entries_no_delete")
    connection.execute("DELETE FROM entries WHERE seq = 14")
    connection.commit()
    connection.close()
    code, out, _ = zwgk(capsys, "audit", "verify", log)
    assert code == 1
    assert "E-AUDIT-TRUNCATED" in out


def test_a_log_that_cannot_be_written_stops_the_command(capsys, tmp_path: Path) -> None:
    """Nothing is shown as recorded that is not on the disk."""
    (tmp_path / "x.db").write_bytes(b"no database" * 100)
    code, out, err = zwgk(capsys, "classify", "--log", tmp_path / "x.db", ROOT / "examples")
    assert code == 3
    assert out == ""
    assert "E-AUDIT" in err


def test_doctor_and_list(capsys) -> None:
    assert "可以使用" in zwgk(capsys, "doctor")[1]
    assert "43 条目" in zwgk(capsys, "list", "check")[1]
    assert "0 个不符" in zwgk(capsys, "list", "test")[1]
    assert zwgk(capsys, "model", "card")[0] == 0


def test_the_card_for_people_names_statute_and_evidence(capsys) -> None:
    out = zwgk(capsys, "classify", ROOT / "examples/03-请示-应急供水资金.txt")[1]
    assert "《政府信息公开条例》（2019）第16条" in out
    assert "妥否，请批示" in out
