"""The SQL side of the log: tables, durable writes, and triggers as a second line of defence."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from zwgk_classify.audit.faults import translated
from zwgk_classify.audit.merkle import peak_places
from zwgk_classify.errors import AuditError, Place

SCHEMA_VERSION = "1"
_MAGIC = b"SQLite format 3\0"
_BATCH = 500
_PAGE = 2000
_metadata = sa.MetaData()
_big = sa.BigInteger().with_variant(sa.Integer, "sqlite")
entries = sa.Table(
    "entries",
    _metadata,
    sa.Column("seq", _big, primary_key=True, autoincrement=False),
    sa.Column("entry_id", sa.String(80), nullable=False, unique=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("leaf_hash", sa.LargeBinary, nullable=False),
    sa.Column("chain_hash", sa.LargeBinary, nullable=False),
)
# Perfect subtrees above the leaves; level 0 is entries.leaf_hash and is not stored twice.
nodes = sa.Table(
    "nodes",
    _metadata,
    sa.Column("level", sa.Integer, primary_key=True),
    sa.Column("idx", _big, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)
meta = sa.Table(
    "meta",
    _metadata,
    sa.Column("key", sa.String(40), primary_key=True),
    sa.Column("value", sa.String(200), nullable=False),
)
# They stop accidents and ordinary users; an administrator can drop them, and verify will tell.
# INSERT OR REPLACE deletes without firing a DELETE trigger, hence the ones on INSERT.
TRIGGERS = {
    **{
        f"{table}_no_{verb.lower()}": f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} "
        f"ON {table} BEGIN SELECT RAISE(ABORT, 'append only'); END"
        for table in ("entries", "nodes")
        for verb in ("UPDATE", "DELETE")
    },
    "entries_only_next": "CREATE TRIGGER entries_only_next BEFORE INSERT ON entries WHEN "
    "NEW.seq IS NOT (SELECT COALESCE(MAX(seq) + 1, 0) FROM entries) OR EXISTS "
    "(SELECT 1 FROM entries WHERE entry_id = NEW.entry_id) "
    "BEGIN SELECT RAISE(ABORT, 'append only'); END",
    "nodes_only_new": "CREATE TRIGGER nodes_only_new BEFORE INSERT ON nodes WHEN EXISTS "
    "(SELECT 1 FROM nodes WHERE level = NEW.level AND idx = NEW.idx) "
    "BEGIN SELECT RAISE(ABORT, 'append only'); END",
}


class Row(NamedTuple):
    """A stored entry exactly as the database gives it, of whatever type; ``seq`` from 0."""

    seq: Any
    entry_id: Any
    body: Any
    leaf_hash: Any
    chain_hash: Any


# Without result processing: a forged column may hold any type, and reading must not fail on it.
_raw = [sa.type_coerce(c, sa.types.NullType()).label(c.name) for c in entries.c]
_LAST = sa.select(*_raw).order_by(entries.c.seq.desc()).limit(2)
_BY_ID = sa.select(*_raw).where(entries.c.entry_id.in_(sa.bindparam("ids", expanding=True)))
_LEAVES = sa.select(entries.c.seq, sa.type_coerce(entries.c.leaf_hash, sa.types.NullType())).where(
    entries.c.seq.in_(sa.bindparam("seqs", expanding=True))
)
_NODES = sa.select(
    nodes.c.level, nodes.c.idx, sa.type_coerce(nodes.c.hash, sa.types.NullType())
).where(sa.tuple_(nodes.c.level, nodes.c.idx).in_(sa.bindparam("places", expanding=True)))


class Store:
    """One SQLite database; every error of it leaves as an AuditError that names the file."""

    def __init__(self, path: Path, *, timeout: float = 60.0) -> None:
        self.path = path
        self._timeout = timeout
        self._pid = os.getpid()
        # Without write access SQLite can read a closed log only as one that nobody changes.
        self.read_only = os.path.exists(path) and not (_writable(path) and _writable(path.parent))
        self._engine = sa.create_engine("sqlite://", creator=self._connect, poolclass=sa.QueuePool)
        sa.event.listen(self._engine, "begin", _begin)

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A snapshot that hinders no writer."""
        self._leave_parent_connections()
        with translated(self.path), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that alone may write; it is durable when the block ends."""
        if self.read_only:
            raise AuditError(
                "日志只读，不能写入",
                code="E-AUDIT-READ-ONLY",
                place=Place(file=str(self.path)),
                remedy="检查文件和目录的写权限",
            )
        self._leave_parent_connections()
        engine = self._engine.execution_options(writes=True)
        with translated(self.path), engine.connect() as connection, connection.begin():
            yield connection

    def settings(self, connection: sa.Connection) -> dict[str, str] | None:
        """Origin, algorithm, schema of the log; ``None`` when the database is still empty.

        Raises: AuditError when the database is something else, or of another schema.
        """
        names = set(
            connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type='table'"))
        )
        if not names:
            return None
        if not {"entries", "nodes", "meta"} <= names:
            raise self._not_a_log()
        settings = {
            str(k): str(v) for k, v in connection.execute(sa.select(meta.c.key, meta.c.value))
        }
        if settings.get("schema") != SCHEMA_VERSION:
            raise AuditError(
                f"日志的格式版本是 {settings.get('schema', '（无）')[:20]}，本版本只认 {SCHEMA_VERSION}",
                code="E-AUDIT-SCHEMA",
                place=Place(file=str(self.path)),
                remedy="换用写这本日志的软件版本，或升级软件",
            )
        if not {"origin", "algorithm"} <= settings.keys():
            raise self._not_a_log()
        return settings

    def refuse_other_files(self) -> None:
        """SQLite takes a file of a few bytes for an empty database and writes over it.

        Raises: AuditError (E-AUDIT-NOT-A-LOG) when there is such a file.
        """
        try:
            with self.path.open("rb") as file:
                head = file.read(len(_MAGIC))
        except OSError:
            return  # None there, or none that can be read: the database will say.
        if head and head != _MAGIC:
            raise self._not_a_log()

    def create(self, connection: sa.Connection, settings: Mapping[str, str]) -> None:
        """Make tables and triggers in an empty database."""
        _metadata.create_all(connection)
        rows = [{"key": k, "value": v} for k, v in {"schema": SCHEMA_VERSION, **settings}.items()]
        connection.execute(sa.insert(meta), rows)
        for statement in TRIGGERS.values():
            connection.execute(sa.text(statement))

    def use_wal(self) -> None:
        """Switch a log to write-ahead logging; SQLite's busy time-out does not cover this step."""
        deadline = time.monotonic() + self._timeout
        while not self.read_only:
            with translated(self.path):
                raw = self._engine.raw_connection()
                try:
                    raw.cursor().execute("PRAGMA journal_mode=WAL").close()
                    return
                except sqlite3.OperationalError as error:
                    if "locked" not in str(error) or time.monotonic() > deadline:
                        raise
                finally:
                    raw.close()
            time.sleep(0.02)

    def last(self, connection: sa.Connection) -> list[Row]:
        """The last two entries, the last one first."""
        return [Row._make(row) for row in connection.execute(_LAST)]

    def by_ids(self, connection: sa.Connection, ids: Sequence[str]) -> dict[str, Row]:
        """Those of the entries ``ids`` that are stored."""
        found = {}
        for start in range(0, len(ids), _BATCH):
            for row in connection.execute(_BY_ID, {"ids": ids[start : start + _BATCH]}):
                found[str(row[1])] = Row._make(row)
        return found

    def add(
        self,
        connection: sa.Connection,
        rows: Sequence[Row],
        inner: Sequence[tuple[int, int, bytes]],
    ) -> None:
        """Insert entries, and the subtrees they complete."""
        connection.execute(sa.insert(entries), [row._asdict() for row in rows])
        if inner:
            values = [{"level": lv, "idx": i, "hash": h} for lv, i, h in inner]
            connection.execute(sa.insert(nodes), values)

    def peaks(self, connection: sa.Connection, size: int) -> tuple[bytes, ...]:
        """Hashes of the perfect subtrees of the first ``size`` entries, the largest first.

        Raises: AuditError (E-AUDIT-TREE) when one is missing.
        """
        places = peak_places(size)
        found = self.hashes(connection, places)
        return tuple(found[place] for place in places)

    def hashes(
        self, connection: sa.Connection, places: Iterable[tuple[int, int]]
    ) -> dict[tuple[int, int], bytes]:
        """Subtree hashes by (level, index), leaves included.

        Raises: AuditError (E-AUDIT-TREE) when one is missing.
        """
        wanted = list(places)
        leaves = [index for level, index in wanted if level == 0]
        inner = [place for place in wanted if place[0]]
        found = {}
        if leaves:
            for seq, value in connection.execute(_LEAVES, {"seqs": leaves}):
                found[0, seq] = value
        if inner:
            for level, index, value in connection.execute(_NODES, {"places": inner}):
                found[level, index] = value
        if any(not isinstance(found.get(place), bytes) for place in wanted):
            raise AuditError(
                "日志的散列树缺了节点",
                code="E-AUDIT-TREE",
                place=Place(file=str(self.path)),
                remedy="运行 zwgk audit verify 查明，暂停写入",
            )
        return found

    def page(self, connection: sa.Connection, start: int, stop: int | None) -> list[Row]:
        """Up to 2,000 entries with ``start`` <= seq < ``stop``, in order."""
        query = sa.select(*_raw).where(entries.c.seq >= start).order_by(entries.c.seq).limit(_PAGE)
        if stop is not None:
            query = query.where(entries.c.seq < stop)
        return [Row._make(row) for row in connection.execute(query)]

    def walk(self, connection: sa.Connection) -> Iterator[Row]:
        """All entries in order, a page in memory at a time."""
        query = sa.select(*_raw).order_by(entries.c.seq)
        result = connection.execution_options(yield_per=_PAGE).execute(query)
        for page in result.partitions():
            yield from (Row._make(row) for row in page)

    def walk_nodes(self, connection: sa.Connection) -> Iterator[tuple[Any, Any, Any, Any]]:
        """(end, level, index, hash) in the order in which appending completes subtrees."""
        end = ((nodes.c.idx + 1).op("<<")(nodes.c.level)).label("end")
        value = sa.type_coerce(nodes.c.hash, sa.types.NullType())
        query = sa.select(end, nodes.c.level, nodes.c.idx, value).order_by(end, nodes.c.level)
        result = connection.execution_options(yield_per=_PAGE).execute(query)
        for page in result.partitions():
            yield from (tuple(row) for row in page)

    def lost_triggers(self, connection: sa.Connection) -> list[str]:
        """Names of our triggers that are gone or changed, and of triggers that are not ours."""
        query = sa.text("SELECT name, sql FROM sqlite_master WHERE type='trigger'")
        stored = {str(name): str(sql) for name, sql in connection.execute(query)}
        names = TRIGGERS.keys() | stored.keys()
        return sorted(n for n in names if stored.get(n) != TRIGGERS.get(n))

    def _connect(self) -> sqlite3.Connection:
        mode = "rw" if os.path.exists(self.path) else "rwc"
        if self.read_only:
            log = self.path.with_name(self.path.name + "-wal")
            pending = os.path.exists(log) and log.stat().st_size > 0
            mode = "ro" if pending else "ro&immutable=1"
        connection = sqlite3.connect(
            f"{self.path.as_uri()}?mode={mode}",
            uri=True,
            timeout=self._timeout,
            isolation_level=None,
            check_same_thread=False,
        )
        # Forged text need not be UTF-8; it must come out as a finding, not as a crash.
        connection.text_factory = _text
        connection.execute("PRAGMA synchronous=FULL")
        return connection

    def _leave_parent_connections(self) -> None:
        """SQLite connections do not survive a fork: the child opens its own."""
        if self._pid != os.getpid():
            self._engine.dispose(close=False)
            self._pid = os.getpid()

    def _not_a_log(self) -> AuditError:
        return AuditError(
            "这不是审计日志",
            code="E-AUDIT-NOT-A-LOG",
            place=Place(file=str(self.path)),
            remedy="换一个文件名，或指向已有的日志",
        )


def _writable(path: Path) -> bool:
    effective = os.access in os.supports_effective_ids
    return os.access(path, os.W_OK, effective_ids=effective)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
