"""The auditor: named checks over a published record, one report. Loads nothing that touches a secret."""

from e2evote.verify.anchors import Anchors, decode_anchors
from e2evote.verify.checks import Check, ExitCode, Status, Verdict
from e2evote.verify.report import Report
from e2evote.verify.run import verify_record

__all__ = ["Anchors", "Check", "ExitCode", "Report", "Status", "Verdict", "decode_anchors", "verify_record"]
