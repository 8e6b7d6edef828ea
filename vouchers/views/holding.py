"""A voucher in its holder's words: where it is, what a claim still needs, what it pays."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.enums import DocumentState
from portal.models import Document, Stateful
from portal.permissions import actor, signed_in
from portal.uploads import UploadRefused
from portal.workflow import note_refusal
from vouchers.actions import claims
from vouchers.cases.threads import in_hand
from vouchers.enums import EntryKind
from vouchers.models import Award, Claim, ClaimLine
from vouchers.permissions import is_holder
from vouchers.reasons import sentence
from vouchers.rules.verdict import Refused

ENTRY_WORDS: Mapping[str, Promise] = {
    EntryKind.RESERVE: _("Reserved for you"),
    EntryKind.COMMIT: _("Committed, because you accepted"),
    EntryKind.PAY: pgettext_lazy("money", "Paid"),
    EntryKind.BOUNCE: _("Sent back by the bank, and committed again"),
    EntryKind.RELEASE: _("Returned to the region"),
    EntryKind.RECOVER: _("Paid back to the region"),
}
MISSING_WORDS: Mapping[str, Promise] = {
    "report": _("A short report"),
    "iban": _("The account (IBAN)"),
    "account_holder": _("The account holder"),
    "vat": _("Whether your firm can deduct VAT"),
    "lines": _("At least one receipt"),
}


def find(request: HttpRequest, address: str) -> Award:
    """Return an award that the person may see, by the number of its application."""
    rows = Award.objects.visible_to(signed_in(request)).select_related(
        "application__call__programme",
        "application__voucher_type",
        "application__home_region",
        "application__organisation",
        "letter",
        "agreement__text",
        "agreement__signed",
        "agreement__paper",
    )
    return get_object_or_404(rows, application__reference=address)


def own(request: HttpRequest, address: str) -> Award:
    """Return one's own award: 404 where it is not visible, 403 where it is another's."""
    award = find(request, address)
    if not is_holder(actor(request), award):
        raise PermissionDenied
    return award


def about(row: Award) -> dict[str, Any]:
    """Return what every page of a voucher shows."""
    application = row.application
    return {
        "award": row,
        "application": application,
        "zone": application.home_region.time_zone,
        "programme": application.call.programme,
    }


def claim_of(award: Award) -> Claim | None:
    """Return the award's claim with its receipts, if it was started."""
    return award.claims.prefetch_related(Prefetch("lines", in_hand())).first()


def refuse(form: Form, refused: Refused) -> None:
    """Put the law's sentences beside the form."""
    for reason in refused.verdict.reasons:
        form.add_error(None, sentence(reason))


def note_refused_files(form: Form, row: Stateful, *, request: HttpRequest) -> None:
    """Journal that a file was not what it says; the sentence stands beside its field."""
    codes = {error.code for errors in form.errors.as_data().values() for error in errors}
    if "upload" in codes:
        note_refusal(row, "upload", UploadRefused(""), by=actor(request), now=clock.now())


def pdf(document: Document | None) -> FileResponse:
    """Give an issued PDF. Raises Http404 until it is made."""
    if document is None or document.state != DocumentState.READY:
        raise Http404
    return FileResponse(
        document.file.open("rb"),
        as_attachment=True,
        filename=f"{document.number}.pdf",
        content_type="application/pdf",
    )


def missing_for(award: Award, claim: Claim | None) -> list[str]:
    """Say what the claim still needs before it can be sent."""
    names = claims.missing_in(claim or Claim(award=award))
    lines = {str(line.position): line for line in claim.lines.all()} if claim else {}
    return [_missing(name, lines) for name in names]


def _missing(name: str, lines: Mapping[str, ClaimLine]) -> str:
    what, _dash, position = name.partition("-")
    if not position:
        return str(MISSING_WORDS[what])
    words = {
        "receipt": gettext("The file of receipt %(number)s of %(supplier)s"),
        "proof": gettext("The proof of payment of receipt %(number)s of %(supplier)s"),
        "answer": gettext("The answer about receipt %(number)s of %(supplier)s"),
    }
    line = lines[position]
    return words[what] % {"number": line.receipt_number, "supplier": line.supplier}
