"""The append-only log: append is durable when it returns, verify rebuilds everything.

What each means of forgery meets: a changed, inserted, deleted or moved entry breaks leaf,
chain or tree; a cut tail or a rewritten log contradicts the sidecar checkpoint beside the
file, or any older checkpoint kept elsewhere.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from zwgk_classify.audit.checkpoint import Checkpoint
from zwgk_classify.audit.merkle import Hasher, Lookup
from zwgk_classify.audit.record import Record, document_digest
from zwgk_classify.audit.store import Store, entries, meta, nodes
from zwgk_classify.errors import AuditError


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a record stands, and the log's state right after it."""

    seq: int
    entry_id: str
    leaf_hash: bytes
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class AuditProblem:
    """One thing verification found; ``seq`` counts entries from 1."""

    code: str
    message: str
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of verifying a whole log."""

    size: int
    problems: tuple[AuditProblem, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


class AuditLog:
    """An append-only Merkle log on SQL; several processes may append to one log."""

    def __init__(self, store: Store, origin: str, hasher: Hasher) -> None:
        self._store = store
        self.origin = origin
        self._hasher = hasher

    @classmethod
    def open(
        cls, url: str | os.PathLike[str], *, create: bool = True, algorithm: str = "sha256"
    ) -> AuditLog:
        """Open the log at ``url`` (a file path or an SQLAlchemy URL), making it if asked.

        Raises: AuditError when it is missing, no log, of another schema or not writable.
        """
        store = Store(os.fspath(url), create=create)
        with store.transaction() as connection:
            settings = store.meta(connection)
            fresh = "origin" not in settings
            if fresh:
                settings |= {"origin": f"zwgk/{secrets.token_hex(8)}", "algorithm": algorithm}
                rows = [{"key": k, "value": settings[k]} for k in ("origin", "algorithm")]
                connection.execute(sa.insert(meta), rows)
        log = cls(store, settings["origin"], Hasher(settings["algorithm"]))
        if fresh:
            # From the first moment on, a missing checkpoint file is a finding.
            log._write_sidecar(log.checkpoint())
        return log

    def close(self) -> None:
        """Close the log; it can be opened again."""
        self._store.close()

    def append(self, record: Record) -> Receipt:
        """Write one record; durable when this returns (see ``append_many``)."""
        return self.append_many([record])[0]

    def append_many(self, records: Sequence[Record]) -> list[Receipt]:
        """Write records in one transaction, all or none; retries by entry id are idempotent.

        Raises: AuditError when nothing was written: the log is shorter than its checkpoint,
        an entry id stands there with other bytes, or the database refuses.
        """
        with self._store.transaction() as connection:
            size, chain = self._tail(connection)
            self._refuse_cut_log(connection, size)
            lookup = self._lookup(connection)
            receipts: list[tuple[int, Record, bytes]] = []
            for record in records:
                known = self._known(connection, record)
                if known is not None:
                    receipts.append(known)
                    continue
                leaf = self._hasher.leaf(record.body)
                chain = self._hasher.digest(chain + leaf)
                row = {
                    "seq": size,
                    "entry_id": record.entry_id,
                    "body": record.body,
                    "leaf_hash": leaf,
                    "chain_hash": chain,
                }
                connection.execute(sa.insert(entries), row)
                for level, index, value in self._hasher.completed(size, leaf, lookup):
                    connection.execute(
                        sa.insert(nodes), {"level": level, "idx": index, "hash": value}
                    )
                receipts.append((size, record, leaf))
                size += 1
            checkpoint = Checkpoint(self.origin, size, self._hasher.root(size, lookup))
        self._write_sidecar(checkpoint)
        return [Receipt(seq + 1, r.entry_id, leaf, checkpoint) for seq, r, leaf in receipts]

    def checkpoint(self) -> Checkpoint:
        """Size and root of the log as it stands."""
        with self._store.transaction() as connection:
            size, _ = self._tail(connection)
            return Checkpoint(self.origin, size, self._hasher.root(size, self._lookup(connection)))

    def entries(self, start: int = 1, stop: int | None = None) -> Iterator[Record]:
        """Records from the ``start``-th to before the ``stop``-th, counted from 1."""
        query = sa.select(entries.c.body).where(entries.c.seq >= start - 1).order_by(entries.c.seq)
        if stop is not None:
            query = query.where(entries.c.seq < stop - 1)
        with self._store.transaction() as connection:
            bodies = [row[0] for row in connection.execute(query)]
        for body in bodies:
            yield Record.parse(body)

    def document_digest(self, content: bytes) -> str:
        """Keyed digest of a draft; the key lies in a file beside the log, never in it.

        Losing the key only loses the means to show that an entry speaks of a given draft.
        """
        return document_digest(self._key(), content)

    def verify(self, checkpoints: Iterable[Checkpoint] = ()) -> Verification:
        """Rebuild leaves, chain, tree and root from the stored entries and compare everything.

        ``checkpoints`` are older ones kept elsewhere; the sidecar beside an SQLite log is
        always consulted.
        """
        problems: list[AuditProblem] = []
        known = list(checkpoints)
        sidecar = self._read_sidecar(problems)
        with self._store.transaction() as connection:
            size, roots = self._replay(
                connection, problems, {c.size for c in known} | {sidecar.size if sidecar else 0}
            )
        if sidecar is None and size and self._store.path is not None and not problems:
            problems.append(AuditProblem("E-AUDIT-NO-CHECKPOINT", "日志旁的检查点文件不见了"))
        for checkpoint in (*known, *([sidecar] if sidecar else [])):
            problems += self._against(checkpoint, size, roots)
        return Verification(size, tuple(dict.fromkeys(problems)))

    def _replay(
        self, connection: sa.Connection, problems: list[AuditProblem], sizes: set[int]
    ) -> tuple[int, dict[int, bytes]]:
        """Walk all entries in order; roots at the wanted sizes and at the end."""
        stored = {(int(lv), int(i)): h for lv, i, h in connection.execute(sa.select(nodes))}
        rebuilt: dict[tuple[int, int], bytes] = {}

        def lookup(level: int, index: int) -> bytes:
            return rebuilt[level, index]

        roots = {0: self._hasher.digest(b"")}
        chain, size = b"", 0
        for row in connection.execute(sa.select(entries).order_by(entries.c.seq)):
            if row.seq != size:
                problems.append(
                    AuditProblem("E-AUDIT-GAP", "序号不连续：有记录被删除或插入", size + 1)
                )
            leaf = self._hasher.leaf(row.body)
            chain = self._hasher.digest(chain + leaf)
            problems += _row_problems(row, leaf, chain, size + 1)
            for level, index, value in self._hasher.completed(size, leaf, lookup):
                rebuilt[level, index] = value
            size += 1
            if size in sizes:
                roots[size] = self._hasher.root(size, lookup)
        roots[size] = self._hasher.root(size, lookup)
        if stored != rebuilt:
            problems.append(AuditProblem("E-AUDIT-TREE", "存储的散列树与记录不符"))
        return size, roots

    def _against(
        self, checkpoint: Checkpoint, size: int, roots: dict[int, bytes]
    ) -> Iterator[AuditProblem]:
        if checkpoint.origin != self.origin:
            yield AuditProblem("E-AUDIT-ORIGIN", "检查点属于另一本日志")
        elif checkpoint.size > size:
            lost = checkpoint.size - size
            yield AuditProblem(
                "E-AUDIT-TRUNCATED", f"日志被截短：检查点之后少了 {lost} 条", size + 1
            )
        elif roots[checkpoint.size] != checkpoint.root:
            yield AuditProblem(
                "E-AUDIT-REWRITTEN", f"前 {checkpoint.size} 条与检查点不符：记录被改写、调换或插入"
            )

    def _tail(self, connection: sa.Connection) -> tuple[int, bytes]:
        last = connection.execute(
            sa.select(entries.c.seq, entries.c.chain_hash).order_by(entries.c.seq.desc()).limit(1)
        ).first()
        return (last.seq + 1, last.chain_hash) if last else (0, b"")

    def _known(self, connection: sa.Connection, record: Record) -> tuple[int, Record, bytes] | None:
        row = connection.execute(
            sa.select(entries).where(entries.c.entry_id == record.entry_id)
        ).first()
        if row is None:
            return None
        if row.body != record.body:
            raise AuditError("同一记录编号已有不同内容，未写入", code="E-AUDIT-CONFLICT")
        return row.seq, record, row.leaf_hash

    def _lookup(self, connection: sa.Connection) -> Lookup:
        def lookup(level: int, index: int) -> bytes:
            value = connection.execute(
                sa.select(nodes.c.hash).where(nodes.c.level == level, nodes.c.idx == index)
            ).scalar()
            if value is None:
                raise AuditError(
                    "散列树缺了节点，拒绝写入", code="E-AUDIT-TREE", remedy="运行 zwgk audit verify"
                )
            return bytes(value)

        return lookup

    def _refuse_cut_log(self, connection: sa.Connection, size: int) -> None:
        """A log that is shorter than its checkpoint, or differs from it, takes no more entries."""
        sidecar = self._read_sidecar([])
        if sidecar is None:
            if size and self._store.path is not None:
                raise AuditError(
                    "日志旁的检查点文件不见了，拒绝写入",
                    code="E-AUDIT-NO-CHECKPOINT",
                    remedy="运行 zwgk audit verify",
                )
            return
        root = (
            self._hasher.root(sidecar.size, self._lookup(connection))
            if sidecar.size <= size
            else b""
        )
        if root != sidecar.root or sidecar.origin != self.origin:
            raise AuditError(
                "日志与其检查点不符，拒绝写入",
                code="E-AUDIT-REWRITTEN",
                remedy="运行 zwgk audit verify",
            )

    @property
    def _sidecar(self) -> Path | None:
        path = self._store.path
        return None if path is None else path.with_name(path.name + ".checkpoint")

    def _read_sidecar(self, problems: list[AuditProblem]) -> Checkpoint | None:
        if self._sidecar is None or not self._sidecar.exists():
            return None
        try:
            return Checkpoint.parse(self._sidecar.read_text(encoding="utf-8"))
        except (AuditError, OSError, UnicodeDecodeError):
            problems.append(AuditProblem("E-AUDIT-CHECKPOINT", "日志旁的检查点文件损坏"))
            return None

    def _write_sidecar(self, checkpoint: Checkpoint) -> None:
        """Replace the sidecar, never by an older one; several writers may race here."""
        target = self._sidecar
        if target is None:
            return
        try:
            with _Locked(target.with_name(target.name + ".lock")):
                current = self._read_sidecar([])
                if current is not None and current.size >= checkpoint.size:
                    return
                draft = target.with_name(f"{target.name}.{os.getpid()}.tmp")
                with draft.open("w", encoding="utf-8") as file:
                    file.write(checkpoint.to_text())
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(target)
        except OSError:
            raise AuditError(
                "记录已写入，但检查点文件写不出",
                code="E-AUDIT-CHECKPOINT",
                remedy="检查磁盘和权限后以同一编号重试",
            ) from None

    def _key(self) -> bytes:
        path = self._store.path
        place = (
            path.with_name(path.name + ".key")
            if path
            else Path(f"{self.origin.replace('/', '-')}.key")
        )
        try:
            if not place.exists():
                handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "wb") as file:
                    file.write(secrets.token_bytes(32))
                    file.flush()
                    os.fsync(file.fileno())
            return place.read_bytes()
        except FileExistsError:
            return place.read_bytes()
        except OSError:
            raise AuditError(
                "读写不了日志的摘要密钥文件", code="E-AUDIT-KEY", remedy="检查目录和权限"
            ) from None


class _Locked:
    """A lock among processes on one machine, by an advisory file lock."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w")

    def __enter__(self) -> None:
        try:
            import fcntl
        except ImportError:  # pragma: no cover - elsewhere the replace alone has to do
            return
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _row_problems(
    row: sa.Row[tuple[object, ...]], leaf: bytes, chain: bytes, seq: int
) -> Iterator[AuditProblem]:
    if row.leaf_hash != leaf:
        yield AuditProblem("E-AUDIT-CHANGED", "内容与其散列不符：记录被改动", seq)
    if row.chain_hash != chain:
        yield AuditProblem("E-AUDIT-CHAIN", "与前一条的链接不符：记录被改动、调换、插入或删除", seq)
    try:
        same = Record.parse(row.body).entry_id == row.entry_id
    except AuditError:
        same = False
    if not same:
        yield AuditProblem("E-AUDIT-CHANGED", "记录编号与内容不符：记录被改动", seq)
