"""A checkpoint: how long a log is and what its root is, in the C2SP text form.

It is not signed yet: whoever can rewrite the log and every copy of its checkpoints can still
deceive. Keep copies where the log's administrator cannot write.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from zwgk_classify.errors import AuditError


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """``size`` entries have the Merkle root ``root`` in the log called ``origin``."""

    origin: str
    size: int
    root: bytes

    def to_text(self) -> str:
        """Three lines: origin, size, root in base64 (C2SP tlog-checkpoint)."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode('ascii')}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """The checkpoint that ``text`` holds; lines after the third are extensions.

        Raises: AuditError when it is none.
        """
        lines = text.split("\n")
        try:
            origin, size, root = lines[0], lines[1], base64.b64decode(lines[2], validate=True)
            if not origin or not size.isdecimal() or str(int(size)) != size or len(root) != 32:
                raise ValueError
        except (IndexError, ValueError, binascii.Error):
            raise AuditError("不是有效的检查点", code="E-AUDIT-CHECKPOINT") from None
        return cls(origin, int(size), root)
