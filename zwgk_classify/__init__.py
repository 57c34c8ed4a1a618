"""Proposes the disclosure attribute of Chinese government drafts (公文公开属性源头认定).

The public names load lazily: importing the package loads neither scikit-learn nor jieba.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zwgk_classify._version import __version__

if TYPE_CHECKING:
    from zwgk_classify.audit import AuditLog
    from zwgk_classify.classify import Classifier
    from zwgk_classify.documents import Document, read_document
    from zwgk_classify.domain import Attribute, Effect, Proposal, Status
    from zwgk_classify.errors import ZwgkError
    from zwgk_classify.rules import NegativeList

_HOMES = {
    "Attribute": "domain",
    "AuditLog": "audit",
    "Classifier": "classify",
    "Document": "documents",
    "Effect": "domain",
    "NegativeList": "rules",
    "Proposal": "domain",
    "Status": "domain",
    "ZwgkError": "errors",
    "read_document": "documents",
}

__all__ = [
    "Attribute",
    "AuditLog",
    "Classifier",
    "Document",
    "Effect",
    "NegativeList",
    "Proposal",
    "Status",
    "ZwgkError",
    "__version__",
    "read_document",
]


def __getattr__(name: str) -> Any:
    import importlib

    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)
