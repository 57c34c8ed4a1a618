"""The files beside an SQLite log: its newest checkpoint, and the key of its document digests."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zwgk_classify.audit.checkpoint import Checkpoint
from zwgk_classify.errors import AuditError, Place

_KEY_LENGTH = 32


class Beside:
    """``<log>.checkpoint`` finds a cut tail; ``<log>.key`` keeps digests from being guessed."""

    def __init__(self, log: Path) -> None:
        self._checkpoint = log.with_name(log.name + ".checkpoint")
        self._key = log.with_name(log.name + ".key")
        self._lock = log.with_name(log.name + ".lock")

    def newest(self) -> Checkpoint | None:
        """The checkpoint beside the log; ``None`` when the file is missing.

        Raises: AuditError (E-AUDIT-CHECKPOINT) when it cannot be read or is damaged.
        """
        try:
            return Checkpoint.parse(self._checkpoint.read_bytes().decode("utf-8"))
        except FileNotFoundError:
            return None
        except (AuditError, OSError, UnicodeDecodeError):
            raise AuditError(
                "日志旁的检查点文件损坏或读不出",
                code="E-AUDIT-CHECKPOINT",
                place=Place(file=str(self._checkpoint)),
                remedy="用另存的检查点恢复此文件，再运行 zwgk audit verify",
            ) from None

    def advance(self, checkpoint: Checkpoint) -> None:
        """Replace the checkpoint by a longer one; a shorter one is passed over (writers race).

        Raises: AuditError (E-AUDIT-SIDECAR) when it cannot be written.
        """
        try:
            with self._alone():
                current = self.newest()
                if current is None or current.size < checkpoint.size:
                    _put(self._checkpoint, checkpoint.to_text().encode("utf-8"), 0o644)
        except OSError:
            raise AuditError(
                "检查点文件写不出；此前提交的记录已在日志中",
                code="E-AUDIT-SIDECAR",
                place=Place(file=str(self._checkpoint)),
                remedy="检查磁盘和权限后，以同一记录编号重试",
            ) from None

    def key(self) -> bytes:
        """The digest key, made on first use, readable by its owner only.

        Losing it only loses the means to show that an entry speaks of a given draft.
        Raises: AuditError (E-AUDIT-KEY) when it can be neither read nor made.
        """
        try:
            key = self._stored_key()
            if key is None:
                with self._alone():
                    key = self._stored_key()
                    if key is None:
                        key = secrets.token_bytes(_KEY_LENGTH)
                        _put(self._key, key, 0o600)
        except OSError:
            key = b""
        if len(key) != _KEY_LENGTH:
            raise AuditError(
                "文件摘要的密钥读写不了或已损坏",
                code="E-AUDIT-KEY",
                place=Place(file=str(self._key)),
                remedy="检查目录和权限；密钥已损坏的，从备份恢复",
            )
        return key

    def _stored_key(self) -> bytes | None:
        return self._key.read_bytes() if self._key.exists() else None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer at a time on this machine; without ``fcntl`` the replace alone has to do."""
        with self._lock.open("ab") as file:
            try:
                import fcntl
            except ImportError:  # pragma: no cover - not on the systems the suite runs on
                yield
                return
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _put(target: Path, content: bytes, mode: int) -> None:
    """Replace ``target`` by whole, synced content; a crash leaves the old or the new one."""
    draft = target.with_name(target.name + ".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    first = not target.exists()
    draft.replace(target)
    if first:
        sync_directory(target.parent)


def sync_directory(directory: Path) -> None:
    """Make new names in ``directory`` survive a power cut, where the system can."""
    if os.name != "posix":  # pragma: no cover
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
