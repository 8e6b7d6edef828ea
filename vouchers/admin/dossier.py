"""One application as the desk reads it: what was submitted, and what happened since."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import JSONObject
from django.http import Http404
from django.utils.translation import gettext as _

from portal import clock
from portal.actions.reads import READ
from portal.enums import MailState, Role, Thing
from portal.models import Document, JournalEntry, Organisation, OutgoingMail, RegionRole, User
from portal.money import ZERO
from portal.permissions import Actor
from portal.workflow import ONCE
from vouchers.admin.history import Happening, history_of
from vouchers.cases import hosts_with_consents
from vouchers.cases.contents import Change, answer_text, changes_between
from vouchers.cases.desks import in_office, is_looked_after
from vouchers.cases.news import with_news
from vouchers.cases.ranking import with_places
from vouchers.enums import DECIDED, ApplicationState, QuestionKind, Reader
from vouchers.models import (
    Absence,
    Application,
    Assessment,
    Attachment,
    ChangeRequest,
    Decision,
    Note,
    Question,
    Signature,
    Submission,
    TextBlock,
)
from vouchers.permissions import sees_private_parts

RELATED = (
    "call__programme",
    "offer",
    "voucher_type",
    "organisation__profile",
    "organisation__vat_check",
    "undertaking",
    "home_region",
    "host_region",
    "award__letter",
    "restriction",
    "assignment__person",
)
SIBLINGS = 10
LATEST = 5
LONGEST_ID = 18


def find(user: User, reference: str) -> Any:
    """Return an application by its number or id, if the person sees it at the desk; else 404."""
    wanted = Q(reference=reference)
    if reference.isdecimal() and len(reference) <= LONGEST_ID:
        wanted |= Q(pk=int(reference))
    choices = Question.objects.filter(
        question_set=OuterRef("question_set"), kind=QuestionKind.CHOICE
    )
    files = Attachment.objects.filter(application=OuterRef("pk"))
    blocks = TextBlock.objects.for_application()
    rows = (
        with_places(with_news(Application.objects.for_desk(user), Reader.DESK))
        .filter(wanted)
        .select_related(*RELATED)
        .annotate(
            is_noted=Exists(_noted(user)),
            choices=ArraySubquery(choices.values(json=JSONObject(key="key", pairs="choices"))),
            blocks=ArraySubquery(
                blocks.values(
                    json=JSONObject(
                        id="pk", use="use", language="language", title="title", text="text"
                    )
                )
            ),
            files=ArraySubquery(
                files.values(
                    json=JSONObject(
                        id="upload_id",
                        name="upload__name",
                        held_at="upload__held_at",
                        question="question__label",
                        for_host="question__seen_by_host",
                    )
                )
            ),
            **_beside(user),
        )
        .prefetch_related(
            Prefetch("hosts", hosts_with_consents()),
            Prefetch("change_requests", ChangeRequest.objects.select_related("asked_by")),
            Prefetch("signatures", Signature.objects.select_related("signed_by", "region")),
            Prefetch("assessments", Assessment.objects.select_related("assessor")),
        )
    )
    found = rows.first()
    if found is None:
        raise Http404
    return found


def _beside(user: User) -> dict[str, Any]:
    """Return what stands beside the file, for the statement that reads it."""
    now = clock.now()
    siblings = Application.objects.for_desk(user).filter(undertaking=OuterRef("undertaking"))
    notes = Note.objects.filter(application=OuterRef("pk")).order_by("-written_at", "-pk")
    brokers = RegionRole.objects.current(now).filter(
        region=OuterRef("home_region"), role=Role.BROKER, user__is_active=True
    )
    away = in_office(Absence.objects.near(now), now=now).filter(
        person=OuterRef("assignment__person"), region=OuterRef("home_region")
    )
    shown = {
        "siblings": siblings.exclude(pk=OuterRef("pk")).order_by("-pk")[:SIBLINGS],
        "notes": notes,
        "colleagues": brokers.order_by("user__name", "user__email"),
        "away": away.order_by("pk"),
    }
    return {
        "is_looked_after": is_looked_after(now),
        **{
            name: ArraySubquery(rows.values(json=JSONObject(**COLUMNS[name])))
            for name, rows in shown.items()
        },
    }


COLUMNS = {
    "siblings": {
        "number": "reference",
        "firm": "organisation__name",
        "call": "call__name",
        "voucher": "voucher_type__name",
        "state": "state",
    },
    "notes": {
        "side": "side",
        "text": "text",
        "at": "written_at",
        "name": "written_by__name",
        "email": "written_by__email",
    },
    "colleagues": {"id": "user_id", "name": "user__name", "email": "user__email"},
    "away": {
        "starts_on": "starts_on",
        "ends_on": "ends_on",
        "deputy": "deputy_id",
        "name": "deputy__name",
        "email": "deputy__email",
    },
}


def _noted(user: User) -> QuerySet[JournalEntry]:
    """Ask whether the journal knows of this hour that the person read the figures."""
    entries = JournalEntry.objects.annotate(which=KeyTextTransform("which", "data"))
    return entries.filter(
        subject_type=Organisation._meta.label_lower,
        subject_id=OuterRef("organisation"),
        verb=READ,
        by=user,
        data__thing=Thing.FIGURES,
        which=OuterRef("reference"),
        at__gt=clock.now() - ONCE,
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """A question and its answer in words."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the application."""

    title: str
    answers: list[Shown]


@dataclass(frozen=True, slots=True)
class Cost:
    """A line of the cost table; EUR without VAT, and the VAT on it."""

    item: str
    amount: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another application of the same undertaking."""

    number: str
    firm: str
    call: str
    voucher: str
    state: str

    @property
    def state_label(self) -> str:
        """Its state in words."""
        return str(ApplicationState(self.state).label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything that the left side of the desk shows."""

    application: Application
    is_private: bool
    submission: Submission | None
    changes: list[Change]
    parts: list[Part]
    costs: list[Cost]
    total: Decimal
    vat: Decimal
    figures: dict[str, Any] | None
    aid: list[dict[str, Any]]
    files: list[dict[str, Any]]
    signatures: list[Signature]
    decision: Decision | None
    history: list[Happening]
    mails: list[OutgoingMail]

    @property
    def latest(self) -> list[Happening]:
        """The last things that happened."""
        return self.history[:LATEST]

    @property
    def siblings(self) -> list[Sibling]:
        """What else the undertaking has, of which the reader sees the desk page too.

        Which firms are one undertaking is not for the host region.
        """
        found = getattr(self.application, "siblings", ()) if self.is_private else ()
        return [Sibling(**one) for one in found]

    @property
    def copy(self) -> Document | None:
        """The PDF of what was submitted; it holds everything, so the host has none."""
        return self.submission.document if self.submission and self.is_private else None

    @property
    def undelivered(self) -> list[OutgoingMail]:
        """Letters about it that did not arrive."""
        lost = {MailState.BOUNCED, MailState.GIVEN_UP}
        return [mail for mail in self.mails if mail.state in lost]

    @property
    def standing(self) -> list[Signature]:
        """The signatures that hold."""
        return [signature for signature in self.signatures if signature.voided_at is None]


def read(application: Any, *, by: Actor) -> Dossier:
    """Read an application for the desk; the host region gets project, partner and costs."""
    is_private = sees_private_parts(by, application)
    submission = application.submissions.select_related("document").order_by("number").last()
    changes = _changes(application, submission, is_private=is_private)
    content = submission.content if submission else {}
    costs = [
        Cost(line["item"], Decimal(line["amount"]), Decimal(line.get("vat", 0)))
        for line in content.get("costs", [])
    ]
    award = getattr(application, "award", None)
    signatures, decision = list(application.signatures.all()), _decision(application)
    asked = [consent for host in application.hosts.all() for consent in host.consents.all()]
    return Dossier(
        application=application,
        is_private=is_private,
        submission=submission,
        changes=changes,
        parts=_parts(content, application.choices, is_private=is_private),
        costs=costs,
        total=sum((cost.amount for cost in costs), ZERO),
        vat=sum((cost.vat for cost in costs), ZERO),
        figures=content.get("figures") if is_private else None,
        aid=_aid(content) if is_private else [],
        files=[file for file in application.files if is_private or file["for_host"]],
        signatures=signatures,
        decision=decision,
        history=history_of(
            application, award, submission, decision, *signatures, *asked, is_private=is_private
        ),
        mails=_mails(application) if is_private else [],
    )


def _changes(application: Any, submission: Submission | None, *, is_private: bool) -> list[Change]:
    """Return what the last submission says otherwise than the one before it."""
    if submission is None or submission.number == 1 or submission.erased_at:
        return []
    before = application.submissions.filter(number=submission.number - 1).first()
    if before is None or before.erased_at:
        return []
    found = changes_between(before.content, submission.content, _labels(application.choices))
    return [change for change in found if is_private or change.seen_by_host]


def _labels(choices: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
    return {
        (choice["key"], str(value)): str(label)
        for choice in choices
        for value, label in choice["pairs"]
    }


def _aid(content: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {**aid, "granted_on": date.fromisoformat(aid["granted_on"])}
        for aid in content.get("declared_aid", [])
    ]


def _decision(application: Application) -> Decision | None:
    if application.state not in DECIDED:
        return None
    return application.decisions.filter(replaced_at=None).select_related("decided_by").first()


def _mails(application: Application) -> list[OutgoingMail]:
    mails = OutgoingMail.objects.filter(
        subject_type=application._meta.label_lower, subject_id=application.pk
    )
    return list(mails.only("subject", "to", "state", "created_at", "sent_at").order_by("-pk"))


def _parts(
    content: dict[str, Any], choices: list[dict[str, Any]], *, is_private: bool
) -> list[Part]:
    labels = _labels(choices)
    parts = [
        Part(
            title=section["title"],
            answers=[
                Shown(answer["label"], answer_text(answer, labels) or _("Not answered"))
                for answer in section["answers"]
                if answer["kind"] not in {QuestionKind.COST_TABLE, QuestionKind.FILE}
                and (is_private or answer["seen_by_host"])
            ],
        )
        for section in content.get("sections", [])
    ]
    return [part for part in parts if part.answers]


def received_at(dossier: Dossier) -> datetime | None:
    """Return when the shown content arrived."""
    return dossier.submission.at if dossier.submission else dossier.application.submitted_at
