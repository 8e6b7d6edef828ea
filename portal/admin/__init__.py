"""Staff's side of the kernel in Django's own admin: people, regions, programmes, records."""

from portal.admin.desk import DeskAdmin, DeskInline, nobody
from portal.admin.people import MembershipAdmin, OrganisationAdmin, UserAdmin
from portal.admin.programmes import ProgrammeAdmin, RegionAdmin
from portal.admin.records import DocumentAdmin, JournalEntryAdmin, MailLinkAdmin, OutgoingMailAdmin
from portal.admin.roles import ProgrammeRoleAdmin, RegionRoleAdmin
from portal.admin.site import REGISTERED_ELSEWHERE
from portal.admin.staff_tasks import StaffTaskAdmin

__all__ = [
    "REGISTERED_ELSEWHERE",
    "DeskAdmin",
    "DeskInline",
    "DocumentAdmin",
    "JournalEntryAdmin",
    "MailLinkAdmin",
    "MembershipAdmin",
    "OrganisationAdmin",
    "OutgoingMailAdmin",
    "ProgrammeAdmin",
    "ProgrammeRoleAdmin",
    "RegionAdmin",
    "RegionRoleAdmin",
    "StaffTaskAdmin",
    "UserAdmin",
    "nobody",
]
