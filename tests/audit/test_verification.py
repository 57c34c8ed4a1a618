"""Every single change, deletion, insertion, swap and truncation of a 60-entry log is found."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from audit_factories import SIZE, Change, found_in, make_record, tamper

from zwgk_classify.audit import AuditLog, Checkpoint, Record
from zwgk_classify.audit.merkle import Hasher
from zwgk_classify.audit.store import Row
from zwgk_classify.audit.verification import replay

Copy = Callable[[Path], Path]
COLUMNS = {
    "entry_id": ["?", "upper(entry_id)", "CAST(entry_id AS BLOB)", "''", "CAST(x'ff80' AS TEXT)"],
    "body": ["?", "CAST(body AS TEXT)", "x''", "substr(body, 2)", "body || x'20'"],
    "leaf_hash": ["?", "CAST(leaf_hash AS TEXT)", "x''", "chain_hash", "substr(leaf_hash, 2)"],
    "chain_hash": ["?", "CAST(chain_hash AS TEXT)", "x''", "leaf_hash", "substr(chain_hash, 2)"],
    "seq": ["seq + 1000", "-seq - 5", "?"],
}
ROW = "entry_id, body, leaf_hash, chain_hash"


def rows_of(path: Path) -> list[Row]:
    connection = sqlite3.connect(path)
    rows = [Row(*r) for r in connection.execute(f"SELECT seq, {ROW} FROM entries ORDER BY seq")]
    connection.close()
    return rows


def replacement(column: str, row: Row) -> object:
    """A plausible other value: one bit flipped, or the id of another record."""
    if column == "entry_id":
        return make_record(900 + row.seq).entry_id
    if column == "seq":
        return 10_000 + row.seq
    value = getattr(row, column)
    middle = len(value) // 2
    return value[:middle] + bytes([value[middle] ^ 1]) + value[middle + 1 :]


@pytest.mark.parametrize(
    ("column", "change"), [(c, change) for c, changes in COLUMNS.items() for change in changes]
)
def test_a_change_of_any_column_of_any_entry_is_found(
    pristine: Path, copy_of: Copy, column: str, change: str
) -> None:
    for row in rows_of(pristine):
        path = copy_of(pristine)
        values = (replacement(column, row),) if change == "?" else ()
        tamper(path, (f"UPDATE entries SET {column}={change} WHERE seq=?", (*values, row.seq)))
        problems = found_in(path)
        assert problems, (column, change, row.seq)
        assert "E-AUDIT-TRIGGER" not in {p.code for p in problems}
        if column in ("entry_id", "body"):
            assert ("E-AUDIT-CHANGED", row.seq + 1) in {(p.code, p.seq) for p in problems}


def test_every_deletion_is_found_with_its_place(pristine: Path, copy_of: Copy) -> None:
    for seq in range(SIZE):
        path = copy_of(pristine)
        tamper(path, ("DELETE FROM entries WHERE seq=?", (seq,)))
        found = {(p.code, p.seq) for p in found_in(path)}
        code = ("E-AUDIT-TRUNCATED", SIZE) if seq == SIZE - 1 else ("E-AUDIT-DELETED", seq + 1)
        assert code in found, seq


def _renumber(first: int, by: int) -> list[Change]:
    """Move the entries from ``first`` on; through negative numbers, so that none collide."""
    return [
        ("UPDATE entries SET seq = -seq - 1000 WHERE seq >= ?", (first,)),
        ("UPDATE entries SET seq = -(seq + 1000) + ? WHERE seq <= -1000", (by,)),
    ]


def test_every_deletion_with_renumbering_is_found(pristine: Path, copy_of: Copy) -> None:
    for seq in range(SIZE):
        path = copy_of(pristine)
        tamper(path, ("DELETE FROM entries WHERE seq=?", (seq,)), *_renumber(seq + 1, -1))
        assert {"E-AUDIT-CHAIN", "E-AUDIT-TRUNCATED"} & {p.code for p in found_in(path)}, seq


@pytest.mark.parametrize("linked", [False, True])
def test_every_insertion_is_found_with_its_place(
    pristine: Path, copy_of: Copy, linked: bool
) -> None:
    hasher, rows = Hasher(), rows_of(pristine)
    forged = make_record(5000)
    leaf = hasher.leaf(forged.body)
    insert = f"INSERT INTO entries (seq, {ROW}) VALUES (?, ?, ?, ?, ?)"
    # One that is rightly linked after the last entry is no insertion but an append.
    for seq in range(SIZE if linked else SIZE + 1):
        path = copy_of(pristine)
        chain = hasher.digest((rows[seq - 1].chain_hash if seq else b"") + leaf)
        values = (seq, forged.entry_id, forged.body, leaf, chain if linked else b"\0" * 32)
        tamper(path, *_renumber(seq, 1), (insert, values))
        problems = found_in(path)
        assert problems, seq
        if linked:
            assert ("E-AUDIT-INSERTED", seq + 1) in {(p.code, p.seq) for p in problems}


@pytest.mark.parametrize("columns", ["seq", "entry_id, body", "entry_id, body, leaf_hash"])
def test_every_swap_of_neighbours_is_found_with_its_place(
    pristine: Path, copy_of: Copy, columns: str
) -> None:
    rows = rows_of(pristine)
    for seq in range(SIZE - 1):
        path = copy_of(pristine)
        if columns == "seq":
            swap = "UPDATE entries SET seq=? WHERE seq=?"
            tamper(path, (swap, (-9, seq)), (swap, (seq, seq + 1)), (swap, (seq + 1, -9)))
        else:
            names = columns.split(", ")
            put = f"UPDATE entries SET {', '.join(f'{n}=?' for n in names)} WHERE seq=?"
            here, there = ([getattr(r, n) for n in names] for r in rows[seq : seq + 2])
            aside = ("UPDATE entries SET entry_id='aside' WHERE seq=?", (seq,))
            tamper(path, aside, (put, (*here, seq + 1)), (put, (*there, seq)))
        assert ("E-AUDIT-REORDERED", seq + 1) in {(p.code, p.seq) for p in found_in(path)}


def test_every_truncation_is_found(pristine: Path, copy_of: Copy) -> None:
    for kept in range(SIZE):
        path = copy_of(pristine)
        tamper(
            path,
            ("DELETE FROM entries WHERE seq>=?", (kept,)),
            ("DELETE FROM nodes WHERE (idx + 1) << level > ?", (kept,)),
        )
        assert ("E-AUDIT-TRUNCATED", kept + 1) in {(p.code, p.seq) for p in found_in(path)}


def test_every_change_of_the_stored_tree_is_found(pristine: Path, copy_of: Copy) -> None:
    connection = sqlite3.connect(pristine)
    places = connection.execute("SELECT level, idx FROM nodes").fetchall()
    connection.close()
    assert len(places) == sum(SIZE >> level for level in range(1, 6))
    for place in places:
        for statement in (
            "UPDATE nodes SET hash=zeroblob(32) WHERE level=? AND idx=?",
            "UPDATE nodes SET hash='text' WHERE level=? AND idx=?",
            "UPDATE nodes SET idx=idx+1000 WHERE level=? AND idx=?",
            "UPDATE nodes SET level='x'||level WHERE level=? AND idx=?",
            "DELETE FROM nodes WHERE level=? AND idx=?",
        ):
            path = copy_of(pristine)
            tamper(path, (statement, place))
            assert "E-AUDIT-TREE" in {p.code for p in found_in(path)}, (statement, place)


def forge(
    source: Path,
    folder: Path,
    change: Callable[[list[Record]], list[Record]],
    *,
    whole: bool = False,
) -> Path:
    """An attacker with our code rebuilds the log so that it agrees with itself.

    The checkpoint beside it is put back as it was, unless the attacker replaces that, too.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    old = AuditLog.open(source, create=False)
    target = folder / source.name
    empty = Checkpoint(old.origin, 0, Hasher().digest(b""))
    Path(f"{target}.checkpoint").write_text(empty.to_text(), encoding="utf-8")
    records = change(list(old.entries()))
    old.close()
    made = AuditLog.open(target)
    made.append_many(records)
    made.close()
    assert found_in(target) == ()
    if not whole:
        shutil.copyfile(f"{source}.checkpoint", f"{target}.checkpoint")
    return target


REWRITES: dict[str, Callable[[list[Record], int], list[Record]]] = {
    "cut": lambda records, n: records[:n],
    "changed": lambda records, n: [*records[:n], make_record(700), *records[n + 1 :]],
    "deleted": lambda records, n: [*records[:n], *records[n + 1 :]],
    "inserted": lambda records, n: [*records[:n], make_record(700), *records[n:]],
    "swapped": lambda records, n: [*records[:n], *records[n : n + 2][::-1], *records[n + 2 :]],
}


@pytest.mark.parametrize("act", REWRITES)
def test_a_log_that_agrees_with_itself_still_contradicts_its_checkpoint(
    pristine: Path, tmp_path: Path, act: str
) -> None:
    for place in range(SIZE - 1):
        path = forge(pristine, tmp_path / "f", lambda r, n=place: REWRITES[act](r, n))  # type: ignore[misc]
        expected = "E-AUDIT-TRUNCATED" if act in ("cut", "deleted") else "E-AUDIT-REWRITTEN"
        assert expected in {p.code for p in found_in(path)}, place


@pytest.mark.parametrize("act", REWRITES)
def test_an_older_checkpoint_kept_elsewhere_finds_what_the_one_beside_cannot(
    pristine: Path, tmp_path: Path, act: str
) -> None:
    log = AuditLog.open(pristine)
    kept_elsewhere = log.checkpoint()
    log.close()
    path = forge(pristine, tmp_path / "f", lambda r: REWRITES[act](r, 30), whole=True)
    assert found_in(path) == ()
    assert {"E-AUDIT-TRUNCATED", "E-AUDIT-REWRITTEN"} & {
        p.code for p in found_in(path, kept_elsewhere)
    }


def test_every_older_checkpoint_of_a_sound_log_is_accepted(pristine: Path) -> None:
    log = AuditLog.open(pristine)
    older = [log.append(make_record(n)).checkpoint for n in range(SIZE)]
    assert [c.size for c in older] == list(range(1, SIZE + 1))
    assert log.verify(older).ok
    strangers = [
        Checkpoint("zwgk/other", 5, older[4].root),
        Checkpoint(log.origin, 5, older[4].root, "sm3"),
        Checkpoint(log.origin, 5, older[5].root),
        Checkpoint(log.origin, SIZE + 1, older[5].root),
    ]
    assert [[p.code for p in log.verify([c]).problems] for c in strangers] == [
        ["E-AUDIT-ORIGIN"],
        ["E-AUDIT-ALGORITHM"],
        ["E-AUDIT-REWRITTEN"],
        ["E-AUDIT-TRUNCATED"],
    ]
    log.close()


@pytest.mark.parametrize("key", ["origin", "algorithm"])
def test_a_changed_setting_is_found(filled: Path, key: str) -> None:
    tamper(filled, ("UPDATE meta SET value='sm3' WHERE key=?", (key,)))
    assert {"E-AUDIT-ORIGIN", "E-AUDIT-ALGORITHM"} & {p.code for p in found_in(filled)}


def test_lost_and_foreign_triggers_are_found(filled: Path) -> None:
    connection = sqlite3.connect(filled)
    connection.execute("DROP TRIGGER nodes_no_update")
    connection.execute("CREATE TRIGGER spy AFTER INSERT ON nodes BEGIN SELECT 1; END")
    connection.close()
    problems = found_in(filled)
    assert {p.code for p in problems} == {"E-AUDIT-TRIGGER"}
    assert len(problems) == 2


def test_thousands_of_problems_are_counted_not_listed() -> None:
    rows = [Row(n, None, None, None, None) for n in range(2000)]
    walked = replay(Hasher(), rows, [], set())
    assert walked.size == 2000
    assert len(walked.problems) == 1001
    assert walked.problems[-1].code == "E-AUDIT-MORE"
