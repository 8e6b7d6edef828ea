"""What happened, in words: the journal's entries as the desk shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.actions.reads import EXPORT, READ
from portal.models import JournalEntry
from portal.templatetags.portal_ui import money
from portal.workflow import REFUSED
from vouchers.workflow import APPLICATION, AWARD, CLAIM

WORDS: Mapping[str, str | Promise] = {
    "start": _("Draft started"),
    "type": _("Answers typed"),
    "declare": _("Declared"),
    "ask_consent": _("Partner asked for consent"),
    "renew_consent_link": _("Partner got a new link"),
    "give_consent": _("Partner confirmed"),
    "decline_consent": _("Partner declined"),
    "void_consent": _("Partner's consent set aside"),
    "list_partner": _("Partner made a record"),
    "refuse_partner": _("Partner refused"),
    "submit": _("Submitted"),
    "submitted": _("Content frozen"),
    "stand": _("Stands as first submitted"),
    "send_back": _("Sent back with a question"),
    "open_further": _("Further answers opened"),
    "release_file": _("File checked for viruses"),
    "remove_file": _("File with a virus removed"),
    "find_eligible": _("Found eligible"),
    "find_ineligible": _("Found ineligible"),
    "reinstate": _("Reinstated"),
    "assign": _("Sent to assessment"),
    "entrust": _("Assigned to a broker"),
    "entrust_nobody": _("Assigned to nobody"),
    "score": _("Scored"),
    "recommend": _("Recommended"),
    "not_recommend": _("Not recommended"),
    "sign_home": _("Signed for the home region"),
    "sign_host": _("Signed for the host region"),
    "approve": _("Approved"),
    "reserve": _("Put on the reserve list"),
    "reverse": _("Rejection reversed"),
    "uphold_appeal": _("Appeal upheld: first on the reserve list"),
    "rank_again": _("Appeal upheld: back in the ranking"),
    "find_eligible_again": _("Appeal upheld: eligible again"),
    "reject": _("Rejected"),
    "withdraw": _("Withdrawn"),
    "reopen": _("Edited again"),
    "tell": _("Applicant told"),
    "offer": _("Voucher offered"),
    "accept": _("Accepted by the SME"),
    "decline": _("Declined by the SME"),
    "lapse": _("Lapsed"),
    "complete": _("Final report accepted"),
    "ask_change": _("Change asked for"),
    "approve_change": _("Change approved"),
    "refuse_change": _("Change refused"),
    "drop_change": _("Change set aside"),
    "extend_award": _("Valid for longer"),
    "offer_agreement": _("Agreement written"),
    "sign_for_firm": _("Agreement signed by the firm"),
    "sign_agreement": _("Agreement signed by the provider"),
    "file_agreement": _("Agreement signed on paper, and filed"),
    "decline_agreement": _("Agreement declined by the provider"),
    "void_agreement": _("Agreement set aside"),
    "write_to_provider": _("Provider asked again to sign"),
    "renew_agreement_link": _("Provider got a new link"),
    "cancel": _("Cancelled"),
    "revoke": _("Revoked"),
    "file": _("Claim filed"),
    "say_vat": _("Said whether VAT is deducted"),
    "receipt_question": _("Asked about a receipt"),
    "receipt_answer": _("Answered about a receipt"),
    "receipt_closed": _("Closed a question about a receipt"),
    "pay": _("Paid"),
    "instruct": _("Put into a payment batch"),
    "bounce": _("Sent back by the bank"),
    "ask_account": _("Another account asked for"),
    "correct_account": _("Account corrected by the SME"),
    "make_batch": _("Batch made"),
    "close_batch": _("Every payment settled"),
    "discard_batch": _("Batch discarded"),
    "enter_register": _("Entered in the aid register"),
    "correct_register": _("Corrected in the aid register"),
    "join_undertaking": _("Joined with another firm as one undertaking"),
    "part_undertaking": _("A firm taken out of the undertaking"),
}
LABELS: Mapping[str, str | Promise] = {
    arrow.name: arrow.label for table in (APPLICATION, AWARD, CLAIM) for arrow in table
}
ACTORS: Mapping[str, str | Promise] = {
    "clock": _("the portal, by itself"),
    "partner": _("the partner, by a link in a mail"),
}
SALT = "salt"
# Who read what has a page of its own.
READS = (READ, EXPORT)


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the history."""

    at: datetime
    words: str
    who: str
    notes: list[str]


def history_of(*rows: Any, is_private: bool) -> list[Happening]:
    """Return what happened to the rows, newest first; notes only where all may be read."""
    subjects = Q()
    for row in rows:
        if row is not None:
            subjects |= Q(subject_type=row._meta.label_lower, subject_id=row.pk)
    entries = JournalEntry.objects.filter(subjects).exclude(verb__in=READS)
    entries = entries.select_related("by").order_by("-at", "-pk")
    told = [
        Happening(
            at=entry.at,
            words=_words(entry),
            who=str(entry.by or ACTORS.get(entry.by_label, entry.by_label)),
            notes=_notes(entry) if is_private else [],
        )
        for entry in entries.defer("previous_hash", "hash", "personal_digest")
    ]
    return _without_repeats(told)


def _without_repeats(told: list[Happening]) -> list[Happening]:
    """Keep the newest of what one person did again and again, such as typing."""
    return [
        now
        for now, newer in zip(told, [None, *told], strict=False)
        if newer is None or now.notes or (now.words, now.who) != (newer.words, newer.who)
    ]


def _words(entry: JournalEntry) -> str:
    if entry.verb != REFUSED:
        return in_words(entry.verb)
    return gettext("Refused: %(verb)s") % {"verb": in_words(entry.data["verb"])}


def in_words(verb: str) -> str:
    """Name what was done; a verb without words of its own reads as it is stored."""
    return str(WORDS.get(verb) or LABELS.get(verb) or verb.replace("_", " ").capitalize())


def _notes(entry: JournalEntry) -> list[str]:
    amount = entry.data.get("amount") or entry.data.get("price")
    said = [str(value) for name, value in entry.personal.items() if name != SALT and value]
    sums = [gettext("Amount: %(amount)s") % {"amount": money(amount)}] if amount else []
    return [*sums, *said]
