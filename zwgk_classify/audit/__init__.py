"""The audit log: append-only, verifiable, without document text."""

from zwgk_classify.audit.checkpoint import Checkpoint
from zwgk_classify.audit.log import AuditLog, AuditProblem, Receipt, Verification
from zwgk_classify.audit.record import Record

__all__ = ["AuditLog", "AuditProblem", "Checkpoint", "Receipt", "Record", "Verification"]
