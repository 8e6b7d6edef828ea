"""The kernel's rows."""

from portal.models.base import Counter, PeersManager, Stateful
from portal.models.documents import Document, Upload
from portal.models.journal import JournalEntry
from portal.models.links import MailLink
from portal.models.organisations import Membership, Organisation, VatCheck
from portal.models.outbox import OutgoingMail
from portal.models.programmes import Programme, ProgrammeRegion
from portal.models.regions import Region
from portal.models.staff_mails import DigestLine
from portal.models.staff_tasks import StaffTask
from portal.models.users import ProgrammeRole, RegionRole, User

__all__ = [
    "Counter",
    "DigestLine",
    "Document",
    "JournalEntry",
    "MailLink",
    "Membership",
    "Organisation",
    "OutgoingMail",
    "PeersManager",
    "Programme",
    "ProgrammeRegion",
    "ProgrammeRole",
    "Region",
    "RegionRole",
    "StaffTask",
    "Stateful",
    "Upload",
    "User",
    "VatCheck",
]
