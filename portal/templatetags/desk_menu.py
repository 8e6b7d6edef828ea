"""The rail of the desk: Work, Region, Programme, from what the admin offers a person."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django import template
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.models import User

register = template.Library()

WORK = pgettext_lazy("desk", "Work")
REGION = pgettext_lazy("desk", "Region")
PROGRAMME = pgettext_lazy("desk", "Programme")
MORE = pgettext_lazy("desk", "More")
GROUPS: dict[Promise, list[tuple[str, str | Promise, str]]] = {
    WORK: [
        ("vouchers.Application", _("Queue"), "inbox"),
        ("vouchers.Award", _("Awards"), "award"),
        ("vouchers.Claim", _("Claims and payments"), "cash-coin"),
        ("vouchers.PaymentBatch", _("Payment batches"), "cash-stack"),
        ("vouchers.Appeal", _("Appeals"), "reply"),
        ("vouchers.Extension", _("Extensions"), "hourglass-split"),
        ("portal.StaffTask", _("Tasks"), "list-check"),
        ("brokers.Enquiry", _("Questions"), "chat-left-text"),
        ("catalogue.Revision", _("Changes to approve"), "pencil"),
        ("portal.OutgoingMail", _("Mails"), "envelope"),
    ],
    REGION: [
        ("vouchers.Pot", _("Budget"), "bank"),
        ("vouchers.LedgerEntry", _("Ledger"), "journal-text"),
        ("catalogue.Record", _("Facilities and experts"), "search"),
        ("catalogue.Provider", _("Providers"), "building"),
        ("catalogue.ProviderRequest", _("Requests to be listed"), "person-plus"),
        ("portal.Organisation", _("Companies"), "people"),
        ("portal.RegionRole", _("Staff of the regions"), "person-badge"),
        ("vouchers.Absence", _("Absences"), "calendar-event"),
        ("vouchers.ConflictOfInterest", _("Conflicts of interest"), "people-fill"),
    ],
    PROGRAMME: [
        ("portal.Programme", _("Programmes"), "globe"),
        ("vouchers.Call", _("Calls"), "megaphone"),
        ("vouchers.VoucherType", _("Voucher types"), "ticket-perforated"),
        ("portal.Region", _("Regions"), "geo-alt"),
        ("vouchers.RefusedCheck", _("Refused checks"), "x-circle-fill"),
        ("portal.ProgrammeRole", _("Staff of the programmes"), "person-badge"),
        ("portal.JournalEntry", _("Journal"), "journal-check"),
        ("vouchers.RetentionPeriod", _("Privacy"), "shield-lock"),
    ],
}
OTHER_SYMBOL = "file-earmark-text"


class RailLink(NamedTuple):
    """One line of the rail."""

    address: str
    label: str | Promise
    symbol: str


class RailGroup(NamedTuple):
    """A heading of the rail with its lines."""

    title: str | Promise
    links: list[RailLink]


@register.simple_tag
def desk_groups(available_apps: Iterable[Mapping[str, Any]]) -> list[RailGroup]:
    """Sort the lists that the admin offers a person into groups; unknown ones stand under More."""
    offered = {
        f"{app['app_label']}.{model['object_name']}": model
        for app in available_apps or ()
        for model in app["models"]
        if model["admin_url"]
    }
    groups = [
        RailGroup(
            title,
            [
                RailLink(offered.pop(name)["admin_url"], label, symbol)
                for name, label, symbol in lines
                if name in offered
            ],
        )
        for title, lines in GROUPS.items()
    ]
    rest = [
        RailLink(model["admin_url"], capfirst(model["name"]), OTHER_SYMBOL)
        for model in offered.values()
    ]
    return [group for group in [*groups, RailGroup(MORE, rest)] if group.links]


@register.filter
def desk_scope(user: User) -> str:
    """Name the regions or programmes for which a person works now."""
    return ", ".join(dict.fromkeys(held.scope_name for held in user.current_roles))
