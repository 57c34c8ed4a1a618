"""The append-only log: append is durable when it returns, verify rebuilds everything.

What each means of forgery meets: a changed, inserted, deleted or moved entry breaks leaf,
chain or tree; a cut tail or a rewritten log contradicts the checkpoint beside the file, or any
older checkpoint kept elsewhere. Who can replace log and every checkpoint is not found here.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from zwgk_classify.audit.beside import Beside, sync_directory
from zwgk_classify.audit.checkpoint import Checkpoint
from zwgk_classify.audit.merkle import Frontier, Hasher
from zwgk_classify.audit.record import Record, document_digest
from zwgk_classify.audit.store import Row, Store
from zwgk_classify.audit.verification import AuditProblem, Verification, against, replay
from zwgk_classify.errors import AuditError, Place

_VERIFY = "暂停写入，运行 zwgk audit verify 查明"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a record stands (``seq`` from 1), and the log's checkpoint right after it."""

    seq: int
    entry_id: str
    leaf_hash: bytes
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class _Tip:
    """Where the next entry goes: the last chain hash and the tree's frontier."""

    chain: bytes
    frontier: Frontier


class AuditLog:
    """An append-only Merkle log in an SQLite file; processes on one machine may share it."""

    def __init__(self, store: Store, origin: str, hasher: Hasher) -> None:
        self._store = store
        self._beside = Beside(store.path)
        self._hasher = hasher
        self._tip: _Tip | None = None
        self.origin = origin

    @classmethod
    def open(
        cls,
        url: str | os.PathLike[str],
        *,
        create: bool = True,
        algorithm: str = "sha256",
        timeout: float = 60.0,
    ) -> AuditLog:
        """Open the log at ``url`` (a file path or ``sqlite:///…``), making it if asked.

        ``algorithm`` (sha256, sm3) holds for a new log only; ``timeout`` is how many seconds
        to wait for other writers. Raises: AuditError when the log is missing, is none, is of
        another schema, cannot be read, or is gone while its checkpoint is still there.
        """
        path = sqlite_path(os.fspath(url))
        found = os.path.exists(path)
        if not found and not create:
            raise AuditError(
                "没有这本日志",
                code="E-AUDIT-MISSING",
                place=Place(file=str(path)),
                remedy="核对路径；若它曾经存在，请从备份恢复",
            )
        store = Store(path, timeout=timeout)
        try:
            settings = None
            if found:
                with store.reading() as connection:
                    settings = store.settings(connection)
            if settings is None:
                settings = _found(store, Hasher(algorithm).algorithm, create)
            return cls(store, settings["origin"], Hasher(settings["algorithm"]))
        except BaseException:
            store.close()
            raise

    @property
    def algorithm(self) -> str:
        """The hash algorithm of this log, for life."""
        return self._hasher.algorithm

    def close(self) -> None:
        """Close the log; it can be opened again."""
        self._store.close()

    def append(self, record: Record) -> Receipt:
        """Write one record; durable when this returns (see ``append_many``)."""
        return self.append_many([record])[0]

    def append_many(self, records: Sequence[Record]) -> list[Receipt]:
        """Write records in one transaction, all or none; retries by entry id are idempotent.

        A record that stands there already gives its first receipt again.
        Raises: AuditError. E-AUDIT-SIDECAR: the records are in the log, but the checkpoint
        beside it could not be written (retry with the same ids). Any other code: nothing was
        written, be it that an id stands there with other bytes (E-AUDIT-CONFLICT), that the
        log fails its quick check, or that the database refuses.
        """
        if not records:
            return []
        with self._store.writing() as connection:
            tip = self._standing(connection)
            stored = self._store.by_ids(connection, [r.entry_id for r in records])
            rows: list[Row] = []
            inner: list[tuple[int, int, bytes]] = []
            frontiers: dict[int, Frontier] = {}
            for record in records:
                row = stored.get(record.entry_id)
                if row is None:
                    tip, row, done = self._next(tip, record)
                    stored[record.entry_id] = row
                    frontiers[row.seq] = tip.frontier
                    rows.append(row)
                    inner += done
                else:
                    self._refuse_other_bytes(row, record)
            if rows:
                self._store.add(connection, rows, inner)
            receipts = []
            for record in records:
                row = stored[record.entry_id]
                then = frontiers.get(row.seq) or self._frontier(connection, row.seq + 1)
                checkpoint = self._checkpoint(then)
                receipts.append(Receipt(row.seq + 1, row.entry_id, row.leaf_hash, checkpoint))
        self._tip = tip
        self._beside.advance(self._checkpoint(tip.frontier))
        return receipts

    def checkpoint(self) -> Checkpoint:
        """Size and root of the log as it stands, from its stored tree (``verify`` rebuilds it)."""
        with self._store.reading() as connection:
            last = self._store.last(connection)
            size = last[0].seq + 1 if last else 0
            return self._checkpoint(self._frontier(connection, size))

    def entries(self, start: int = 1, stop: int | None = None) -> Iterator[Record]:
        """Records from the ``start``-th to before the ``stop``-th, counted from 1.

        Raises: AuditError (E-AUDIT-RECORD) at a stored entry that is no record.
        """
        position = max(start, 1) - 1
        end = None if stop is None else stop - 1
        while True:
            with self._store.reading() as connection:
                page = self._store.page(connection, position, end)
            if not page:
                return
            for row in page:
                yield Record.parse(row.body)
            position = page[-1].seq + 1

    def document_digest(self, content: bytes) -> str:
        """Keyed digest of a draft; the key lies in ``<log>.key``, never in the database."""
        return document_digest(self._beside.key(), content)

    def verify(self, checkpoints: Iterable[Checkpoint] = ()) -> Verification:
        """Rebuild leaves, chain, tree and root from the stored entries and compare everything.

        ``checkpoints`` are older ones kept elsewhere; the one beside the log always counts.
        Raises: AuditError when the database cannot be read at all.
        """
        problems: list[AuditProblem] = []
        known = list(checkpoints)
        # Before the snapshot: the log may run ahead of its checkpoint, never behind.
        try:
            newest = self._beside.newest()
            if newest is None:
                problems.append(AuditProblem("E-AUDIT-NO-CHECKPOINT", "日志旁的检查点文件不见了"))
            else:
                known.append(newest)
        except AuditError as error:
            problems.append(AuditProblem(error.code, error.message))
        with self._store.reading() as connection:
            for name in self._store.lost_triggers(connection):
                message = f"防改触发器 {name[:40]} 缺失、被改或来历不明"
                problems.append(AuditProblem("E-AUDIT-TRIGGER", message))
            rows, tree = self._store.walk(connection), self._store.walk_nodes(connection)
            walked = replay(self._hasher, rows, tree, {c.size for c in known})
        problems += walked.problems
        for checkpoint in known:
            problems += against(checkpoint, self.origin, self.algorithm, walked)
        return Verification(walked.size, tuple(dict.fromkeys(problems)))

    def _standing(self, connection: sa.Connection) -> _Tip:
        """The quick check before writing: last entry, its link, and the checkpoint beside.

        Raises: AuditError when the log contradicts them; nothing may be appended then.
        """
        last = self._store.last(connection)
        size, chain = (last[0].seq + 1, last[0].chain_hash) if last else (0, b"")
        if last:
            self._refuse_bad_end(last)
        if self._tip and (self._tip.frontier.size, self._tip.chain) == (size, chain):
            tip = self._tip
        else:
            tip = _Tip(chain, self._frontier(connection, size))
        newest = self._beside.newest()
        if newest is None:
            raise self._refusal("E-AUDIT-NO-CHECKPOINT", "日志旁的检查点文件不见了，拒绝写入")
        if newest.origin != self.origin or newest.algorithm != self.algorithm:
            raise self._refusal("E-AUDIT-ORIGIN", "日志旁的检查点属于另一本日志，拒绝写入")
        if newest.size > size:
            raise self._refusal("E-AUDIT-TRUNCATED", "日志比其检查点短，拒绝写入", size + 1)
        then = tip.frontier if newest.size == size else self._frontier(connection, newest.size)
        if self._hasher.top(then) != newest.root:
            raise self._refusal("E-AUDIT-REWRITTEN", "日志与其检查点不符，拒绝写入")
        return tip

    def _refuse_bad_end(self, last: Sequence[Row]) -> None:
        end, before = last[0], last[1].chain_hash if len(last) > 1 else b""
        values = (end.body, end.leaf_hash, end.chain_hash, before)
        gap = len(last) > 1 and last[1].seq != end.seq - 1
        if (
            gap
            or not all(isinstance(v, bytes) for v in values)
            or self._hasher.leaf(end.body) != end.leaf_hash
            or self._hasher.digest(before + end.leaf_hash) != end.chain_hash
        ):
            raise self._refusal("E-AUDIT-CHANGED", "日志的末条被改动，拒绝写入", end.seq + 1)

    def _next(self, tip: _Tip, record: Record) -> tuple[_Tip, Row, list[tuple[int, int, bytes]]]:
        leaf = self._hasher.leaf(record.body)
        chain = self._hasher.digest(tip.chain + leaf)
        row = Row(tip.frontier.size, record.entry_id, record.body, leaf, chain)
        frontier, inner = self._hasher.grow(tip.frontier, leaf)
        return _Tip(chain, frontier), row, inner

    def _refuse_other_bytes(self, row: Row, record: Record) -> None:
        if row.body != record.body:
            raise AuditError(
                "同一记录编号已有不同内容，未写入",
                code="E-AUDIT-CONFLICT",
                place=Place(file=str(self._store.path)),
                remedy="新的决定请用新的记录编号",
            )

    def _frontier(self, connection: sa.Connection, size: int) -> Frontier:
        return Frontier(size, self._store.peaks(connection, size))

    def _checkpoint(self, frontier: Frontier) -> Checkpoint:
        return Checkpoint(self.origin, frontier.size, self._hasher.top(frontier), self.algorithm)

    def _refusal(self, code: str, message: str, seq: int | None = None) -> AuditError:
        where = "" if seq is None else f"（第 {seq} 条）"
        place = Place(file=str(self._store.path))
        return AuditError(message + where, code=code, place=place, remedy=_VERIFY)


def sqlite_path(url: str) -> Path:
    """The absolute file of a log given as a path or as an SQLAlchemy URL.

    Raises: AuditError (E-AUDIT-URL) for another database, or one in memory.
    """
    database: str | None = url
    if "://" in url:
        try:
            parsed = sa.make_url(url)
        except sa.exc.ArgumentError:
            parsed = None
        usable = parsed is not None and parsed.get_backend_name() == "sqlite" and not parsed.query
        database = parsed.database if parsed is not None and usable else None
    if not database or database == ":memory:":
        raise AuditError(
            "日志地址无法使用",
            code="E-AUDIT-URL",
            remedy="本版本的日志只用 SQLite：给出文件路径或 sqlite:///路径",
        )
    return Path(database).resolve()


def _found(store: Store, algorithm: str, create: bool) -> dict[str, str]:
    """Found a new log in an empty database; the checkpoint comes first, the tables after it.

    So there is no moment at which a log has no checkpoint, whenever the process dies.
    """
    place = Place(file=str(store.path))
    if not create:
        raise AuditError(
            "这个数据库是空的，不是审计日志",
            code="E-AUDIT-NOT-A-LOG",
            place=place,
            remedy="核对路径；若它曾是日志，请从备份恢复",
        )
    beside = Beside(store.path)
    store.refuse_other_files()
    store.use_wal()
    with store.writing() as connection:
        settings = store.settings(connection)
        if settings is not None:
            return settings
        orphan = beside.newest()
        if orphan is not None and orphan.size:
            raise AuditError(
                f"日志不见了，而旁边的检查点记着 {orphan.size} 条：不另建新日志",
                code="E-AUDIT-TRUNCATED",
                place=place,
                remedy="从备份恢复日志；确要新建，请换一个文件名",
            )
        if orphan is None:
            empty = Hasher(algorithm).top(Frontier())
            orphan = Checkpoint(f"zwgk/{secrets.token_hex(8)}", 0, empty, algorithm)
            beside.advance(orphan)
        # Else a founder died between checkpoint and tables: its log is founded now.
        settings = {"origin": orphan.origin, "algorithm": orphan.algorithm}
        store.create(connection, settings)
    sync_directory(store.path.parent)
    return settings
