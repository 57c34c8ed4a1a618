"""Bytes become a Document: readers, limits, normalisation, elements, marks."""

from zwgk_classify.documents.document import Document, Part, Zone
from zwgk_classify.documents.limits import Limits
from zwgk_classify.documents.read import read_document

__all__ = ["Document", "Limits", "Part", "Zone", "read_document"]
