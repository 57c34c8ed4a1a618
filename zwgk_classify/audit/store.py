"""The SQL side of the log: tables, durable writes, and triggers as a second line of defence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError

from zwgk_classify.errors import AuditError

SCHEMA_VERSION = "1"
_metadata = sa.MetaData()
entries = sa.Table(
    "entries",
    _metadata,
    sa.Column(
        "seq",
        sa.BigInteger().with_variant(sa.Integer, "sqlite"),
        primary_key=True,
        autoincrement=False,
    ),
    sa.Column("entry_id", sa.String(80), nullable=False, unique=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("leaf_hash", sa.LargeBinary, nullable=False),
    sa.Column("chain_hash", sa.LargeBinary, nullable=False),
)
nodes = sa.Table(
    "nodes",
    _metadata,
    sa.Column("level", sa.Integer, primary_key=True),
    sa.Column(
        "idx",
        sa.BigInteger().with_variant(sa.Integer, "sqlite"),
        primary_key=True,
        autoincrement=False,
    ),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)
meta = sa.Table(
    "meta",
    _metadata,
    sa.Column("key", sa.String(40), primary_key=True),
    sa.Column("value", sa.String(200), nullable=False),
)
# They stop accidents and ordinary users; an administrator can drop them, and verify will tell.
_TRIGGERS = [
    f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, 'append only'); END"
    for table in ("entries", "nodes")
    for verb in ("UPDATE", "DELETE")
]


class Store:
    """One database; every error of it leaves as an AuditError."""

    def __init__(self, url: str, *, create: bool) -> None:
        self.path = sqlite_path(url)
        if self.path is not None:
            if not create and not self.path.exists():
                raise AuditError(f"没有这本日志：{self.path.name}", code="E-AUDIT-MISSING")
            url = f"sqlite:///{self.path}"
        try:
            self._engine = sa.create_engine(url, connect_args={"timeout": 60} if self.path else {})
        except (sa.exc.ArgumentError, ImportError):
            raise AuditError("日志地址无法识别", code="E-AUDIT-URL") from None
        if self.path is not None:
            sa.event.listen(self._engine, "connect", _durable)
            sa.event.listen(self._engine, "begin", _take_write_lock)
        self._prepare(create)

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """A transaction that alone may write; it is durable when the block ends."""
        with _translated(), self._engine.begin() as connection:
            yield connection

    def meta(self, connection: sa.Connection) -> dict[str, str]:
        """All settings of the log."""
        rows = connection.execute(sa.select(meta.c.key, meta.c.value))
        return {str(k): str(v) for k, v in rows}

    def _prepare(self, create: bool) -> None:
        with self.transaction() as connection:
            names = set(sa.inspect(connection).get_table_names())
            if "entries" not in names:
                if not create or names:
                    raise AuditError("这不是审计日志", code="E-AUDIT-NOT-A-LOG")
                _metadata.create_all(connection)
                connection.execute(sa.insert(meta), [{"key": "schema", "value": SCHEMA_VERSION}])
                if self.path is not None:
                    for statement in _TRIGGERS:
                        connection.execute(sa.text(statement))
            version = self.meta(connection).get("schema")
            if version != SCHEMA_VERSION:
                raise AuditError(
                    f"日志的格式版本是 {version}，本版本只认 {SCHEMA_VERSION}",
                    code="E-AUDIT-SCHEMA",
                    remedy="升级软件后再打开",
                )


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite log given as a path or URL; ``None`` for another database."""
    if url.startswith("sqlite:///"):
        return Path(url.removeprefix("sqlite:///"))
    return Path(url) if "://" not in url else None


def _durable(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _take_write_lock(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise AuditError("记录编号或序号冲突，未写入", code="E-AUDIT-CONFLICT") from None
    except OperationalError as error:
        detail = str(error.orig).lower()
        for sign, code, message in _CAUSES:
            if sign in detail:
                raise AuditError(
                    message, code=code, remedy="排除后重试；未写入的记录不算数"
                ) from None
        raise AuditError("日志数据库出错，未写入", code="E-AUDIT-DATABASE") from None
    except DatabaseError as error:
        if "not a database" in str(error.orig).lower():
            raise AuditError("这不是审计日志", code="E-AUDIT-NOT-A-LOG") from None
        raise AuditError("日志文件损坏", code="E-AUDIT-DAMAGED") from None


_CAUSES = (
    ("readonly", "E-AUDIT-READ-ONLY", "日志只读，不能写入"),
    ("full", "E-AUDIT-FULL", "磁盘已满，不能写入日志"),
    ("locked", "E-AUDIT-LOCKED", "日志被别的程序占用"),
    ("unable to open", "E-AUDIT-OPEN", "打不开日志文件，检查目录和权限"),
    ("not a database", "E-AUDIT-NOT-A-LOG", "这不是审计日志"),
)
