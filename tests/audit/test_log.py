"""Whatever is done to a stored log is found; whatever was acknowledged is there."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from zwgk_classify.audit import AuditLog, Record
from zwgk_classify.audit.record import canonical
from zwgk_classify.errors import AuditError

SIZE = 24


def record(number: int, extra: str = "") -> Record:
    entry_id = f"id-{number}{extra}"
    return Record(
        entry_id, canonical({"entry_id": entry_id, "schema": "zwgk.audit/1", "n": number})
    )


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    path = tmp_path / "log.db"
    log = AuditLog.open(path)
    log.append_many([record(n) for n in range(SIZE)])
    assert log.verify().ok
    log.close()
    return path


def tamper(path: Path, *statements: tuple[str, tuple[object, ...]]) -> None:
    """What an administrator with the file can do: drop the triggers, then anything."""
    connection = sqlite3.connect(path)
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type='trigger'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement, values in statements:
        connection.execute(statement, values)
    connection.commit()
    connection.close()


def findings(path: Path) -> set[str]:
    log = AuditLog.open(path, create=False)
    found = {p.code for p in log.verify().problems}
    log.close()
    return found


@pytest.mark.parametrize("column", ["entry_id", "body", "leaf_hash", "chain_hash", "seq"])
def test_a_change_of_any_field_of_any_entry_is_found(filled: Path, column: str) -> None:
    whole = filled.read_bytes()
    for seq in range(SIZE):
        values: tuple[object, ...] = {
            "entry_id": ("id-forged",),
            "body": (canonical({"entry_id": f"id-{seq}", "schema": "zwgk.audit/1", "n": -1}),),
            "leaf_hash": (b"\x01" * 32,),
            "chain_hash": (b"\x02" * 32,),
            "seq": (seq + 1000,),
        }[column]
        tamper(filled, (f"UPDATE entries SET {column}=? WHERE seq=?", (*values, seq)))
        assert findings(filled), (column, seq)
        _restore(filled, whole)


def _restore(path: Path, whole: bytes) -> None:
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    path.write_bytes(whole)


def test_every_deletion_is_found(filled: Path) -> None:
    whole = filled.read_bytes()
    for seq in range(SIZE):
        tamper(filled, ("DELETE FROM entries WHERE seq=?", (seq,)))
        assert findings(filled), seq
        _restore(filled, whole)


def test_every_swap_of_neighbours_is_found(filled: Path) -> None:
    whole = filled.read_bytes()
    for seq in range(SIZE - 1):
        swap = "UPDATE entries SET seq=? WHERE seq=?"
        tamper(filled, (swap, (-1, seq)), (swap, (seq, seq + 1)), (swap, (seq + 1, -1)))
        assert findings(filled), seq
        _restore(filled, whole)


def forge(source: Path, target: Path, change: Callable[[list[Record]], list[Record]]) -> None:
    """An attacker with our code rebuilds a log that agrees with itself, keeping its origin."""
    old = AuditLog.open(source, create=False)
    records = change(list(old.entries()))
    origin = old.origin
    old.close()
    made = AuditLog.open(target)
    made.append_many(records)
    made.close()
    tamper(target, ("UPDATE meta SET value=? WHERE key='origin'", (origin,)))
    connection = sqlite3.connect(target)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    _restore(source, target.read_bytes())


@pytest.mark.parametrize("kept", range(1, SIZE))
def test_every_truncation_is_found_even_when_all_else_agrees(
    filled: Path, tmp_path: Path, kept: int
) -> None:
    forge(filled, tmp_path / "forged.db", lambda records: records[:kept])
    assert "E-AUDIT-TRUNCATED" in findings(filled)


@pytest.mark.parametrize("place", range(0, SIZE, 5))
def test_a_rewritten_log_that_agrees_with_itself_is_found(
    filled: Path, tmp_path: Path, place: int
) -> None:
    def replace(records: list[Record]) -> list[Record]:
        return [*records[:place], record(place, "-forged"), *records[place + 1 :]]

    forge(filled, tmp_path / "forged.db", replace)
    assert "E-AUDIT-REWRITTEN" in findings(filled)


def test_an_older_checkpoint_kept_elsewhere_finds_what_the_sidecar_cannot(
    filled: Path, tmp_path: Path
) -> None:
    """Who also replaces the sidecar still meets every copy of an older checkpoint."""
    log = AuditLog.open(filled)
    kept_elsewhere = log.checkpoint()
    log.close()
    forged = tmp_path / "forged.db"
    forge(filled, forged, lambda records: records[:5])
    sidecar = Path(f"{filled}.checkpoint")
    text = Path(f"{forged}.checkpoint").read_text().splitlines()
    sidecar.write_text("\n".join([kept_elsewhere.origin, *text[1:]]) + "\n")
    reopened = AuditLog.open(filled)
    assert reopened.verify().ok
    assert "E-AUDIT-TRUNCATED" in {p.code for p in reopened.verify([kept_elsewhere]).problems}


def test_a_missing_sidecar_is_a_finding_and_stops_appends(filled: Path) -> None:
    Path(f"{filled}.checkpoint").unlink()
    assert "E-AUDIT-NO-CHECKPOINT" in findings(filled)
    with pytest.raises(AuditError):
        AuditLog.open(filled).append(record(99))


def test_a_cut_log_takes_no_more_entries(filled: Path) -> None:
    tamper(filled, ("DELETE FROM entries WHERE seq>=?", (10,)))
    with pytest.raises(AuditError) as caught:
        AuditLog.open(filled).append(record(99))
    assert caught.value.code == "E-AUDIT-REWRITTEN"


@pytest.mark.parametrize(
    "statement", ["UPDATE entries SET entry_id='x'", "DELETE FROM entries", "DELETE FROM nodes"]
)
def test_the_database_itself_refuses_changes(filled: Path, statement: str) -> None:
    connection = sqlite3.connect(filled)
    with pytest.raises(sqlite3.DatabaseError):
        connection.execute(statement)
    connection.close()


def test_a_retry_is_written_once_and_a_clash_not_at_all(tmp_path: Path) -> None:
    log = AuditLog.open(tmp_path / "log.db")
    first = log.append(record(1))
    assert log.append(record(1)).seq == first.seq
    clash = Record("id-1", canonical({"entry_id": "id-1", "n": 2}))
    with pytest.raises(AuditError) as caught:
        log.append_many([record(2), clash])
    assert caught.value.code == "E-AUDIT-CONFLICT"
    assert log.verify().size == 1


def _write(path: str, writer: int) -> None:
    log = AuditLog.open(path)
    for number in range(25):
        log.append(record(number, f"-{writer}"))


def test_writers_of_several_processes_make_one_log(tmp_path: Path) -> None:
    path = str(tmp_path / "log.db")
    AuditLog.open(path).close()
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(path, w)) for w in range(4)]
    for w in writers:
        w.start()
    for w in writers:
        w.join()
    result = AuditLog.open(path).verify()
    assert result.ok
    assert result.size == 100


KILLED = """
import sys
from zwgk_classify.audit import AuditLog, Record
from zwgk_classify.audit.record import canonical
log = AuditLog.open(sys.argv[1])
for n in range(10_000):
    entry = f"{sys.argv[2]}-{n}"
    log.append(Record(entry, canonical({"entry_id": entry})))
    print(entry, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 here")
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    acknowledged: list[str] = []
    for round_number in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(path), str(round_number)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        acknowledged.append(process.stdout.readline().strip())
        time.sleep(0.02 * round_number)
        os.kill(process.pid, signal.SIGKILL)
        acknowledged += [line.strip() for line in process.stdout.readlines() if line.endswith("\n")]
        process.wait()
        process.stdout.close()
    log = AuditLog.open(path)
    assert log.verify().ok
    assert {a for a in acknowledged if a} <= {r.entry_id for r in log.entries()}


def test_not_a_log(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"hello" * 1000)
    with pytest.raises(AuditError) as caught:
        AuditLog.open(path)
    assert caught.value.code == "E-AUDIT-NOT-A-LOG"
    with pytest.raises(AuditError):
        AuditLog.open(tmp_path / "none.db", create=False)
