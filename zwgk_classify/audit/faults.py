"""What a database reports, as errors of the house."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from zwgk_classify.errors import AuditError, Place

# The first sign found in SQLite's message decides.
_CAUSES = (
    ("not a database", "E-AUDIT-NOT-A-LOG", "这不是审计日志", "换一个文件名，或指向已有的日志"),
    ("malformed", "E-AUDIT-DAMAGED", "日志文件损坏", "停止写入，从备份恢复后与检查点核对"),
    ("readonly", "E-AUDIT-READ-ONLY", "日志只读，不能写入", "检查文件和目录的写权限"),
    ("disk is full", "E-AUDIT-FULL", "磁盘已满，未写入", "腾出空间后，以同一记录编号重试"),
    ("locked", "E-AUDIT-LOCKED", "日志被别的程序占用，未写入", "稍后以同一记录编号重试"),
    ("busy", "E-AUDIT-LOCKED", "日志被别的程序占用，未写入", "稍后以同一记录编号重试"),
    ("unable to open", "E-AUDIT-OPEN", "打不开日志文件", "检查目录是否存在、有无权限"),
    ("disk i/o", "E-AUDIT-IO", "读写磁盘出错，未写入", "检查磁盘后，以同一记录编号重试"),
)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn every error of the database inside the block into an AuditError that names ``path``."""
    place = Place(file=str(path))
    try:
        yield
    except IntegrityError:
        raise AuditError(
            "记录与已有的冲突，未写入",
            code="E-AUDIT-CONFLICT",
            place=place,
            remedy="运行 zwgk audit verify；正常写入不会出现这种情况",
        ) from None
    except (SQLAlchemyError, sqlite3.Error) as error:
        detail = str(error.orig if isinstance(error, DBAPIError) else error).lower()
        for sign, code, message, remedy in _CAUSES:
            if sign in detail:
                raise AuditError(message, code=code, place=place, remedy=remedy) from None
        raise AuditError(
            "日志数据库出错，未写入",
            code="E-AUDIT-DATABASE",
            place=place,
            remedy="运行 zwgk doctor 和 zwgk audit verify",
        ) from None
