"""What was acknowledged is there, once, in one order; what could not be written left nothing."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from pathlib import Path

import pytest
from audit_factories import NOW, SIZE, make_id, make_record, make_shape, tamper

from zwgk_classify.audit import AuditLog, Checkpoint, Record
from zwgk_classify.audit.canonical import canonical
from zwgk_classify.audit.log import sqlite_path
from zwgk_classify.errors import AuditError

CANARY = "袖珍燕雀工程举报人霍某某"


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return AuditLog.open(tmp_path / "log.db")


def code_of(log: AuditLog, *records: Record) -> str:
    """The code with which the log refuses, after making sure that it wrote nothing."""
    before = log.checkpoint()
    with pytest.raises(AuditError) as caught:
        log.append_many(records)
    assert log.checkpoint() == before
    assert caught.value.remedy
    return caught.value.code


def test_receipts_count_from_one_and_carry_the_checkpoint_after_them(log: AuditLog) -> None:
    first = log.append(make_record(0))
    batch = log.append_many([make_record(n) for n in range(1, 6)])
    assert [r.seq for r in (first, *batch)] == [1, 2, 3, 4, 5, 6]
    assert [r.checkpoint.size for r in (first, *batch)] == [1, 2, 3, 4, 5, 6]
    assert batch[-1].checkpoint == log.checkpoint()
    assert log.verify([r.checkpoint for r in batch]).ok
    assert log.append_many([]) == []


def test_entries_come_back_as_written(log: AuditLog) -> None:
    written = [make_record(n) for n in range(7)]
    log.append_many(written)
    assert list(log.entries()) == written
    assert list(log.entries(3, 5)) == written[2:4]
    assert list(log.entries(8)) == []


def test_a_retry_gives_the_first_receipt_again(log: AuditLog) -> None:
    first = log.append_many([make_record(n) for n in range(5)])
    log.append(make_record(5))
    assert log.append_many([make_record(n) for n in range(5)]) == first
    mixed = log.append_many([make_record(9), make_record(2), make_record(9)])
    assert [r.seq for r in mixed] == [7, 3, 7]
    assert log.verify().size == 7


def test_an_id_with_other_bytes_is_refused_and_nothing_is_written(log: AuditLog) -> None:
    log.append(make_record(1))
    clash = make_record(2, entry_id=make_id(1))
    assert code_of(log, make_record(3), clash) == "E-AUDIT-CONFLICT"
    twice = make_record(4, entry_id=make_id(3))
    assert code_of(log, make_record(3), twice) == "E-AUDIT-CONFLICT"
    assert log.verify().ok


def test_a_clock_going_backwards_is_accepted_and_order_is_by_number(log: AuditLog) -> None:
    times = [NOW - dt.timedelta(days=n) for n in range(5)]
    for number, time in enumerate(times):
        log.append(make_record(number, time=time))
    assert log.verify().ok
    stored = [r.fields["time"] for r in log.entries()]
    assert stored == sorted(stored, reverse=True)


def test_two_handles_on_one_log_see_each_other(tmp_path: Path) -> None:
    one, two = AuditLog.open(tmp_path / "log.db"), AuditLog.open(tmp_path / "log.db")
    for number in range(10):
        (one if number % 3 else two).append(make_record(number))
    assert one.checkpoint() == two.checkpoint()
    assert one.verify().ok
    assert one.verify().size == 10


def test_a_log_keeps_its_algorithm_for_life(tmp_path: Path) -> None:
    """GB/T 32905: sites under 密码法 hash with SM3."""
    log = AuditLog.open(tmp_path / "log.db", algorithm="sm3")
    log.append_many([make_record(n) for n in range(9)])
    log.close()
    again = AuditLog.open(tmp_path / "log.db", algorithm="sha256")
    assert again.algorithm == "sm3"
    assert again.checkpoint().algorithm == "sm3"
    assert again.verify().ok
    with pytest.raises(AuditError):
        AuditLog.open(tmp_path / "other.db", algorithm="md5")
    assert not (tmp_path / "other.db").exists()


def test_no_word_of_a_proposal_reaches_any_file(log: AuditLog, tmp_path: Path) -> None:
    shape = make_shape(CANARY)
    assert str(shape).count(CANARY) >= 14
    digest = log.document_digest(CANARY.encode())
    log.append(Record.of_proposal(shape, time=NOW, actor="张三", document_digest=digest, length=12))
    names = {p.name for p in tmp_path.iterdir()}
    assert {"log.db", "log.db-wal", "log.db.checkpoint", "log.db.key"} <= names
    stored = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert "张三".encode() in stored
    for encoding in ("utf-8", "gb18030", "utf-16-le", "unicode_escape"):
        for start in range(len(CANARY) - 3):
            assert CANARY[start : start + 4].encode(encoding) not in stored


def test_a_checkpoint_behind_the_log_is_accepted_and_catches_up(filled: Path) -> None:
    """A process died between commit and checkpoint."""
    log = AuditLog.open(filled)
    beside = Path(f"{filled}.checkpoint")
    behind = beside.read_bytes()
    log.append_many([make_record(SIZE + n) for n in range(3)])
    beside.write_bytes(behind)
    assert log.verify().ok
    log.append(make_record(SIZE + 3))
    assert Checkpoint.parse(beside.read_text(encoding="utf-8")) == log.checkpoint()
    assert log.verify().size == SIZE + 4


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("DELETE FROM entries WHERE seq >= 10", "E-AUDIT-TRUNCATED"),
        ("DELETE FROM entries WHERE seq = 59", "E-AUDIT-TRUNCATED"),
        ("DELETE FROM entries WHERE seq = 58", "E-AUDIT-CHANGED"),
        ("UPDATE entries SET body = zeroblob(9) WHERE seq = 59", "E-AUDIT-CHANGED"),
        ("UPDATE entries SET body = 'text' WHERE seq = 59", "E-AUDIT-CHANGED"),
        ("UPDATE entries SET chain_hash = zeroblob(32) WHERE seq = 59", "E-AUDIT-CHANGED"),
        ("UPDATE entries SET chain_hash = zeroblob(32) WHERE seq = 58", "E-AUDIT-CHANGED"),
    ],
)
def test_a_spoiled_end_stops_every_append(
    filled: Path, statement: str, code: str, warm: bool
) -> None:
    log = AuditLog.open(filled)
    if warm:
        log.append(make_record(SIZE - 1))
    tamper(filled, (statement, ()))
    with pytest.raises(AuditError) as caught:
        log.append(make_record(99))
    assert caught.value.code == code
    assert not log.verify().ok


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("DELETE FROM nodes WHERE level = 5", "E-AUDIT-TREE"),
        ("UPDATE nodes SET hash = zeroblob(32) WHERE level = 5", "E-AUDIT-REWRITTEN"),
        ("UPDATE meta SET value = 'zwgk/x' WHERE key = 'origin'", "E-AUDIT-ORIGIN"),
    ],
)
def test_a_spoiled_tree_stops_every_append(filled: Path, statement: str, code: str) -> None:
    tamper(filled, (statement, ()))
    assert code_of_spoiled(filled) == code


def code_of_spoiled(path: Path) -> str:
    with pytest.raises(AuditError) as caught:
        AuditLog.open(path, create=False).append(make_record(99))
    assert caught.value.place is not None
    return caught.value.code


def test_a_missing_or_damaged_checkpoint_is_a_finding_and_stops_appends(filled: Path) -> None:
    beside = Path(f"{filled}.checkpoint")
    text = beside.read_bytes()
    for content, code in ((None, "E-AUDIT-NO-CHECKPOINT"), (text[:-5], "E-AUDIT-CHECKPOINT")):
        beside.unlink() if content is None else beside.write_bytes(content)
        log = AuditLog.open(filled)
        assert [p.code for p in log.verify().problems] == [code]
        assert code_of_spoiled(filled) == code
    # The remedy: an older checkpoint from elsewhere, put back in its place.
    beside.write_bytes(text)
    AuditLog.open(filled).append(make_record(99))


def test_a_vanished_log_is_not_founded_anew(filled: Path) -> None:
    for spoil in (filled.unlink, lambda: filled.write_bytes(b"")):
        spoil()
        for create in (True, False):
            with pytest.raises(AuditError) as caught:
                AuditLog.open(filled, create=create)
            assert caught.value.code in (
                ("E-AUDIT-TRUNCATED",) if create else ("E-AUDIT-MISSING", "E-AUDIT-NOT-A-LOG")
            )


def test_a_founder_that_died_before_the_tables_left_a_log_to_be_founded(tmp_path: Path) -> None:
    AuditLog.open(tmp_path / "log.db").close()
    origin = Checkpoint.parse((tmp_path / "log.db.checkpoint").read_text()).origin
    (tmp_path / "log.db").unlink()
    log = AuditLog.open(tmp_path / "log.db")
    assert log.origin == origin
    log.append(make_record(1))
    assert log.verify().ok


def test_a_record_of_a_later_schema_is_kept_as_it_is(log: AuditLog) -> None:
    body = canonical({"schema": "zwgk.audit/9", "entry_id": make_id(1), "neu": {"x": [1, None]}})
    log.append(Record.parse(body))
    assert [r.body for r in log.entries()] == [body]
    assert log.verify().ok


def test_a_backup_put_back_is_found_as_truncation(filled: Path, tmp_path: Path) -> None:
    shutil.copyfile(filled, tmp_path / "backup")
    log = AuditLog.open(filled)
    log.append(make_record(SIZE))
    log.close()
    shutil.copyfile(tmp_path / "backup", filled)
    assert [p.code for p in AuditLog.open(filled).verify().problems] == ["E-AUDIT-TRUNCATED"]
    assert code_of_spoiled(filled) == "E-AUDIT-TRUNCATED"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        ":memory:",
        "",
        "x://y",
        "postgresql://h/d",
        "sqlite:///a.db?mode=ro",
        "://",
    ],
)
def test_addresses_that_cannot_hold_a_log_are_refused(url: str) -> None:
    with pytest.raises(AuditError) as caught:
        AuditLog.open(url)
    assert caught.value.code == "E-AUDIT-URL"


def test_a_path_and_its_url_are_the_same_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    log = AuditLog.open("审计 #1?%20.db")
    log.append(make_record(1))
    assert (tmp_path / "审计 #1?%20.db").exists()
    assert sqlite_path("sqlite:///log.db") == sqlite_path("log.db") == tmp_path / "log.db"
    assert sqlite_path(f"sqlite:///{tmp_path}/log.db") == tmp_path / "log.db"


def test_raw_sql_finds_entries_by_number_from_zero(filled: Path) -> None:
    connection = sqlite3.connect(filled)
    assert connection.execute("SELECT min(seq), max(seq), count(*) FROM entries").fetchone() == (
        0,
        SIZE - 1,
        SIZE,
    )
    connection.close()
