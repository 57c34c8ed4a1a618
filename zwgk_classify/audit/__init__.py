"""The audit log: append-only, verifiable, without document text."""

from zwgk_classify.audit.checkpoint import Checkpoint
from zwgk_classify.audit.log import AuditLog, Receipt
from zwgk_classify.audit.record import Record
from zwgk_classify.audit.verification import AuditProblem, Verification

__all__ = ["AuditLog", "AuditProblem", "Checkpoint", "Receipt", "Record", "Verification"]
