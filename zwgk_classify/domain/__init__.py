"""The words of the field as frozen values; no input or output happens here."""

from zwgk_classify.domain.evidence import Coverage, Evidence, Span, Unread
from zwgk_classify.domain.finding import (
    Assessment,
    Contribution,
    DocumentFacts,
    Fault,
    Hit,
    LegalBasis,
    PublishHit,
    Source,
)
from zwgk_classify.domain.proposal import Defect, Proposal, ReviewReason
from zwgk_classify.domain.scales import Attribute, Effect, Status

__all__ = [
    "Assessment",
    "Attribute",
    "Contribution",
    "Coverage",
    "Defect",
    "DocumentFacts",
    "Effect",
    "Evidence",
    "Fault",
    "Hit",
    "LegalBasis",
    "Proposal",
    "PublishHit",
    "ReviewReason",
    "Source",
    "Span",
    "Status",
    "Unread",
]
