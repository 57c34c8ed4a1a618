"""A checkpoint: how long a log is and what its root is, in the C2SP text form.

It is not signed yet: whoever can rewrite the log and every copy of its checkpoints can still
deceive. Keep copies where the log's administrator cannot write.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from zwgk_classify.errors import AuditError

_ALGORITHM = "algorithm "
_LONGEST = 4096
_LARGEST_SIZE = 2**63 - 1
_ROOT_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """``size`` entries have the Merkle root ``root`` in the log called ``origin``.

    ``extensions`` are further lines of the text form; they are kept, not understood.
    Raises: AuditError (E-AUDIT-CHECKPOINT) when a field cannot stand in the text form.
    """

    origin: str
    size: int
    root: bytes
    algorithm: str = "sha256"
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lines = (self.origin, self.algorithm, *self.extensions)
        if (
            any(not line or not line.isprintable() for line in lines)
            or any(c.isspace() or c == "+" for c in self.origin + self.algorithm)
            or any(line.startswith(_ALGORITHM) for line in self.extensions)
            or not 0 <= self.size <= _LARGEST_SIZE
            or len(self.root) != _ROOT_LENGTH
        ):
            raise _invalid()

    def to_text(self) -> str:
        """Origin, size, root in base64, then the hash algorithm as an extension line.

        Source: C2SP tlog-checkpoint; this is the note text, still without signatures.
        """
        root = base64.b64encode(self.root).decode("ascii")
        lines = [self.origin, str(self.size), root, _ALGORITHM + self.algorithm, *self.extensions]
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """The checkpoint that ``text`` holds; without an algorithm line it is SHA-256.

        Raises: AuditError (E-AUDIT-CHECKPOINT) when it is none, or when signatures follow:
        they could not be checked here, and passing over them would look like a check.
        """
        if len(text) > _LONGEST or not text.endswith("\n"):
            raise _invalid()
        if "\n\n" in text:
            raise AuditError(
                "检查点带有签名，本版本不能核验签名",
                code="E-AUDIT-CHECKPOINT",
                remedy="升级软件后再核验",
            )
        lines = text[:-1].split("\n")
        try:
            origin, size, root = lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True)
        except (IndexError, ValueError, binascii.Error):
            raise _invalid() from None
        if str(size) != lines[1] or base64.b64encode(root).decode("ascii") != lines[2]:
            raise _invalid()
        named = [line for line in lines[3:] if line.startswith(_ALGORITHM)]
        if len(named) > 1:
            raise _invalid()
        algorithm = named[0].removeprefix(_ALGORITHM) if named else "sha256"
        others = tuple(line for line in lines[3:] if not line.startswith(_ALGORITHM))
        return cls(origin, size, root, algorithm, others)


def _invalid() -> AuditError:
    return AuditError(
        "不是有效的检查点",
        code="E-AUDIT-CHECKPOINT",
        remedy="应为三行以上的文本：日志名、条数、base64 的根散列",
    )
