"""Whatever goes wrong below SQL leaves as a clean error, and the log stays whole."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from audit_factories import SIZE, make_record, tamper

from zwgk_classify.audit import AuditLog
from zwgk_classify.audit.store import Store
from zwgk_classify.errors import AuditError


def refused(act: object, code: str) -> None:
    with pytest.raises(AuditError) as caught:
        act()  # type: ignore[operator]
    assert caught.value.code == code, caught.value
    assert caught.value.place is not None
    assert caught.value.remedy


@pytest.mark.parametrize("table", ["entries", "nodes"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET rowid = rowid",
        "DELETE FROM {}",
        "INSERT OR REPLACE INTO {0} SELECT * FROM {0} LIMIT 1",
        "REPLACE INTO {0} SELECT * FROM {0} LIMIT 1",
    ],
)
def test_the_database_itself_refuses_changes(filled: Path, table: str, statement: str) -> None:
    """A second line of defence: whoever may drop triggers passes it, and verify will tell."""
    connection = sqlite3.connect(filled)
    with pytest.raises(sqlite3.IntegrityError, match="append only"):
        connection.execute(statement.format(table))
    connection.close()


def test_the_database_takes_only_the_next_number_and_a_new_id(filled: Path) -> None:
    connection = sqlite3.connect(filled)
    insert = "INSERT OR REPLACE INTO entries SELECT ?, ?, body, leaf_hash, chain_hash FROM entries LIMIT 1"
    known = connection.execute("SELECT entry_id FROM entries WHERE seq = 5").fetchone()[0]
    for values in ((SIZE + 1, "new"), (-1, "new"), (SIZE, known)):
        with pytest.raises(sqlite3.IntegrityError, match="append only"):
            connection.execute(insert, values)
    connection.close()


@pytest.mark.parametrize("content", [b"hello" * 1000, b"x", "公文".encode() * 700])
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(content)
    refused(lambda: AuditLog.open(path), "E-AUDIT-NOT-A-LOG")
    assert path.read_bytes() == content
    assert [p.name for p in tmp_path.iterdir()] == ["x.db"]


def test_another_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE entries (x)")
    connection.close()
    before = path.read_bytes()
    refused(lambda: AuditLog.open(path), "E-AUDIT-NOT-A-LOG")
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["x.db"]


def test_missing_places(tmp_path: Path) -> None:
    refused(lambda: AuditLog.open(tmp_path / "none.db", create=False), "E-AUDIT-MISSING")
    assert list(tmp_path.iterdir()) == []
    refused(lambda: AuditLog.open(tmp_path / "no" / "none.db"), "E-AUDIT-OPEN")
    refused(lambda: AuditLog.open(tmp_path), "E-AUDIT-OPEN")


@pytest.mark.parametrize("version", ["2", "0", ""])
def test_another_schema_is_refused(filled: Path, version: str) -> None:
    tamper(filled, ("UPDATE meta SET value=? WHERE key='schema'", (version,)))
    refused(lambda: AuditLog.open(filled), "E-AUDIT-SCHEMA")


def test_missing_settings_are_refused(filled: Path) -> None:
    tamper(filled, ("DELETE FROM meta WHERE key='origin'", ()))
    refused(lambda: AuditLog.open(filled), "E-AUDIT-NOT-A-LOG")


def test_damaged_pages_are_an_error_not_a_crash(filled: Path) -> None:
    content = bytearray(filled.read_bytes())
    for page in range(1, len(content) // 4096):
        content[page * 4096 : page * 4096 + 16] = b"\xff" * 16
    filled.write_bytes(content)
    with pytest.raises(AuditError) as caught:
        AuditLog.open(filled).verify()
    assert caught.value.code == "E-AUDIT-DAMAGED"


def test_a_locked_log_is_an_error_after_the_time_out(filled: Path) -> None:
    log = AuditLog.open(filled, timeout=0.1)
    other = sqlite3.connect(filled, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refused(lambda: log.append(make_record(99)), "E-AUDIT-LOCKED")
    assert log.verify().size == SIZE
    other.execute("ROLLBACK")
    other.close()
    assert log.append(make_record(99)).seq == SIZE + 1


def test_a_full_disk_leaves_the_log_whole(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's own page limit gives the very error of a full disk."""
    connect = Store._connect

    def limited(store: Store) -> sqlite3.Connection:
        connection = connect(store)
        connection.execute("PRAGMA max_page_count=1")
        return connection

    monkeypatch.setattr(Store, "_connect", limited)
    log = AuditLog.open(filled)
    records = [make_record(100 + n) for n in range(50)]
    refused(lambda: log.append_many(records), "E-AUDIT-FULL")
    assert log.verify().ok
    assert log.verify().size == SIZE
    log.close()
    monkeypatch.undo()
    again = AuditLog.open(filled)
    again.append_many(records)
    assert again.verify().ok


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without root's rights, which ignore every permission."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def locked_away(pristine: Path) -> Iterator[Path]:
    """A log in a folder where nobody may write."""
    folder = Path(tempfile.mkdtemp())
    for suffix in ("", ".checkpoint"):
        target = folder / f"log.db{suffix}"
        shutil.copyfile(f"{pristine}{suffix}", target)
        target.chmod(0o444)
    folder.chmod(0o555)
    yield folder / "log.db"
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(os.name != "posix", reason="permissions of another kind")
def test_a_read_only_log_can_be_verified_but_not_written(locked_away: Path) -> None:
    with as_nobody():
        log = AuditLog.open(locked_away)
        assert log.verify().ok
        assert log.verify().size == SIZE
        refused(lambda: log.append(make_record(99)), "E-AUDIT-READ-ONLY")
        refused(lambda: log.document_digest(b"x"), "E-AUDIT-KEY")
        refused(lambda: AuditLog.open(locked_away.with_name("new.db")), "E-AUDIT-OPEN")
    assert {p.name for p in locked_away.parent.iterdir()} == {"log.db", "log.db.checkpoint"}


@pytest.mark.skipif(os.name != "posix", reason="permissions of another kind")
def test_a_checkpoint_that_cannot_be_written_says_that_the_record_is_in(filled: Path) -> None:
    log = AuditLog.open(filled)
    Path(f"{filled}.checkpoint.new").mkdir()
    refused(lambda: log.append(make_record(99)), "E-AUDIT-SIDECAR")
    Path(f"{filled}.checkpoint.new").rmdir()
    assert log.append(make_record(99)).seq == SIZE + 1
    assert log.verify().ok
    assert log.verify().size == SIZE + 1
    assert Path(f"{filled}.checkpoint").read_text(encoding="utf-8") == log.checkpoint().to_text()


def test_the_key_is_private_made_once_and_outside_the_database(tmp_path: Path) -> None:
    log = AuditLog.open(tmp_path / "log.db")
    digest = log.document_digest(b"x")
    key = tmp_path / "log.db.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_bytes()) == 32
    assert key.read_bytes() not in (tmp_path / "log.db").read_bytes()
    assert AuditLog.open(tmp_path / "log.db").document_digest(b"x") == digest
    assert AuditLog.open(tmp_path / "other.db").document_digest(b"x") != digest
    key.write_bytes(b"short")
    refused(lambda: log.document_digest(b"x"), "E-AUDIT-KEY")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process")
def test_a_log_opened_before_a_fork_can_be_used_in_the_child(filled: Path) -> None:
    log = AuditLog.open(filled)
    log.append(make_record(SIZE))
    child = os.fork()
    if child == 0:
        try:
            log.append(make_record(SIZE + 1))
            os._exit(0)
        except BaseException:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    log.append(make_record(SIZE + 2))
    assert log.verify().ok
    assert log.verify().size == SIZE + 3
