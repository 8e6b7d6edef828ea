"""Everything that the portal holds about one person, as one file (GDPR, articles 15 and 20)."""

import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Prefetch, Q
from django.utils.translation import gettext

from brokers.models import Enquiry
from catalogue.models import Expert
from portal.actions.leaving import addresses_of
from portal.models import Document, JournalEntry, OutgoingMail, Upload, User
from vouchers.cases.profiles import SAID
from vouchers.cases.threads import in_hand, told_of
from vouchers.models import Application, Award, Claim, CoApplicant, UndertakingProfile
from vouchers.snapshots import content_of

IN_MEMORY = 5 * 1024 * 1024
TOLD = ("outcome", "reason", "message", "decided_at", "appeal_by")
AWARD = (
    "number",
    "state",
    "amount",
    "offered_at",
    "answer_by",
    "accepted_at",
    "signatory_name",
    "signatory_role",
    "granted_on",
    "starts_on",
    "ends_on",
    "claim_by",
    "ended_at",
    "ended_as",
)
AGREEMENT = (
    "state",
    "partner",
    "firm_email",
    "sign_by",
    "signatory_name",
    "signatory_role",
    "signed_on",
    "reason",
)
CHANGE = ("kind", "state", "text", "months", "asked_at", "answer", "answered_at")
PROFILE = (*SAID, "saved_at", "confirmed", "confirmed_at")
CLAIM = (
    "number",
    "state",
    "report",
    "iban",
    "account_holder",
    "deducts_vat",
    "filed_at",
    "paid_at",
)
LINE = (
    "paid_on",
    "supplier",
    "receipt_number",
    "item",
    "amount",
    "vat",
    "currency",
    "original_amount",
    "original_vat",
    "rate",
    "rate_on",
    "rate_source",
    "eligible_amount",
)
NOTE = ("kind", "text", "at")


def archive(user: User, *, now: datetime) -> IO[bytes]:
    """Return a ZIP of one JSON file, a note on what it is, and the person's documents and files."""
    out = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  the response closes it
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("README.txt", _note())
        data = content(user, now=now)
        text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        packed.writestr("data.json", text)
        for name, file in _files(user):
            with file.open("rb") as stored:
                packed.writestr(name, stored.read())
    out.seek(0)
    return out


def content(user: User, *, now: datetime) -> dict[str, Any]:
    """Return the person's data as plain values; instants in ISO 8601, amounts in EUR."""
    addresses = addresses_of(user)
    return {
        "made_at": now,
        "account": _account(user),
        "roles": [_fields(role, "role", "starts_at", "ends_at") for role in _roles(user)],
        "organisations": [
            {
                **_fields(row, "is_owner", "state", "asked_at", "decided_at"),
                "name": row.organisation.name,
                "country": row.organisation.country,
            }
            for row in user.memberships.select_related("organisation")
        ],
        "profiles": [
            {**_fields(row, *PROFILE), "organisation": row.organisation.name}
            for row in UndertakingProfile.objects.filter(
                organisation__in=user.organisation_ids
            ).select_related("organisation")
        ],
        "applications": [_application(row) for row in own_files(user)],
        "takes_part_in": [
            {
                **_fields(row, "email", "role", "sections", "state", "invited_at", "accepted_at"),
                "application": row.application.address,
                "organisation": row.application.organisation.name,
            }
            for row in CoApplicant.objects.filter(
                Q(user=user) | _any("email", addresses)
            ).select_related("application__organisation")
        ],
        "questions_to_brokers": [
            _fields(row, "name", "email", "organisation", "question", "asked_at", "answer")
            for row in Enquiry.objects.filter(_any("email", addresses))
        ],
        "experts": [
            {
                **_fields(row, "name", "email", "orcid", "availability", "agreed_at"),
                "record": row.record.slug,
            }
            for row in Expert.objects.filter(_any("email", addresses)).select_related("record")
        ],
        "letters": [
            _fields(row, "kind", "subject", "body", "created_at", "sent_at")
            for row in _letters(addresses)
        ],
        "what_you_did": [
            {**_fields(row, "at", "verb", "after"), "about": row.subject_type}
            for row in JournalEntry.objects.filter(by=user).order_by("at", "pk")
        ],
    }


def own_files(user: User) -> Any:
    """Return the applications of the organisations for which the person acts, oldest first."""
    rows = Application.objects.filter(organisation__in=user.organisation_ids, erased_at=None)
    return rows.select_related(
        "call", "voucher_type", "organisation", "home_region", "award"
    ).order_by("pk")


def _account(user: User) -> dict[str, Any]:
    return {
        **_fields(user, "email", "name", "language", "joined_at", "last_login"),
        "addresses": [
            _fields(row, "email", "verified", "primary")
            for row in EmailAddress.objects.filter(user=user)
        ],
        "second_factors": [
            _fields(row, "type", "created_at", "last_used_at")
            for row in Authenticator.objects.filter(user=user)
        ],
        "sessions": [
            _fields(row, "created_at", "last_seen_at", "ip", "user_agent")
            for row in UserSession.objects.filter(user=user)
        ],
    }


def _roles(user: User) -> list[Model]:
    return [*user.region_roles.all(), *user.programme_roles.all()]


def _application(row: Application) -> dict[str, Any]:
    award = getattr(row, "award", None) if row.is_told else None
    # What is decided and not told yet is under review for the firm.
    state = row.state if row.is_told or row.decided_at is None else "under_review"
    return {
        "reference": row.reference,
        "state": state,
        "started_at": row.started_at,
        "as_it_is_now": content_of(row),
        "as_typed": row.typed,
        "as_submitted": [
            {**_fields(sent, "number", "at", "content_hash"), "content": sent.content}
            for sent in row.submissions.all()
        ],
        "decisions": [_fields(one, *TOLD) for one in row.decisions.exclude(told_at=None)],
        "award": _award(award) if award else None,
    }


def _award(award: Award) -> dict[str, Any]:
    agreement = getattr(award, "agreement", None)
    claims = Claim.objects.filter(award=award).prefetch_related(Prefetch("lines", in_hand()))
    return {
        **_fields(award, *AWARD),
        "agreement": _fields(agreement, *AGREEMENT) if agreement else None,
        "changes": [_fields(change, *CHANGE) for change in award.changes.all()],
        "claims": [{**_fields(claim, *CLAIM), "receipts": [*_receipts(claim)]} for claim in claims],
    }


def _receipts(claim: Claim) -> Iterator[dict[str, Any]]:
    threads = told_of(claim)
    for line in claim.lines.all():
        notes = threads[line.pk].notes if line.pk in threads else []
        yield {**_fields(line, *LINE), "questions": [_fields(note, *NOTE) for note in notes]}


def _letters(addresses: Iterable[str]) -> Any:
    reached = Q()
    for address in addresses:
        reached |= Q(to__contains=[address])
    return OutgoingMail.objects.filter(reached, is_private=False).order_by("pk")


def _files(user: User) -> Iterator[tuple[str, Any]]:
    """Return issued documents that the person was told of, and the files that the person gave."""
    sent = OutgoingMail.objects.filter(pk__in=_letters(addresses_of(user)).order_by().values("pk"))
    documents = Document.objects.filter(mails__in=sent, erased_at=None).exclude(file="")
    for document in documents.distinct():
        yield f"documents/{document.number}.pdf", document.file
    for upload in Upload.objects.filter(uploaded_by=user):
        yield f"files/{upload.pk}-{upload.name}", upload.file


def _note() -> str:
    lines = [
        gettext("This archive holds what the portal stores about you."),
        gettext("data.json: your account, applications, letters and what you did, for machines."),
        gettext("documents: the letters that you were sent. files: what you uploaded."),
        gettext("Instants are in ISO 8601 with their zone, amounts in euros."),
    ]
    return "\n".join(lines) + "\n"


def _any(name: str, addresses: Iterable[str]) -> Q:
    asked = Q()
    for address in addresses:
        asked |= Q(**{f"{name}__iexact": address})
    return asked


def _fields(row: Model, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
