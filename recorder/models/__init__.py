"""The tables, one noun a file."""

from recorder.models.account import Account, AccountSlots
from recorder.models.audit import AuditEntry
from recorder.models.bulk import Bulk, BulkItem
from recorder.models.call import ProviderCall
from recorder.models.file import RecordedFile
from recorder.models.heartbeat import Heartbeat
from recorder.models.layout import Layout, LayoutChangedMeanwhile, LayoutVersion, ShownLayout
from recorder.models.notice import Notice, RefusedNotices
from recorder.models.probe import DiskProbe
from recorder.models.project import Area, Project
from recorder.models.secrets import Secret, SecretField, UnreadableSecret
from recorder.models.session import InvalidTransition, LostRace, RecordingSession
from recorder.models.storage import StorageConfig
from recorder.models.storage_check import StorageCheck
from recorder.models.token import ApiToken
from recorder.models.user import User

__all__ = [
    "Account",
    "AccountSlots",
    "ApiToken",
    "Area",
    "AuditEntry",
    "Bulk",
    "BulkItem",
    "DiskProbe",
    "Heartbeat",
    "InvalidTransition",
    "Layout",
    "LayoutChangedMeanwhile",
    "LayoutVersion",
    "LostRace",
    "Notice",
    "Project",
    "ProviderCall",
    "RecordedFile",
    "RecordingSession",
    "RefusedNotices",
    "Secret",
    "SecretField",
    "ShownLayout",
    "StorageCheck",
    "StorageConfig",
    "UnreadableSecret",
    "User",
]
