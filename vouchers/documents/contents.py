"""What an application says, as its copy and its draft print it."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.templatetags.portal_ui import country_name, day, money
from vouchers.cases.contents import answer_text
from vouchers.documents.frame import Addressed, Cost, Line, addressed, cost_lines, cost_totals
from vouchers.enums import Bottleneck, QuestionKind, Sector
from vouchers.models import Application, Question


class HostFacts(TypedDict):
    """A partner as the application names it."""

    name: str
    region: str
    contact: str


class ConsentFacts(TypedDict):
    """What a partner confirmed, days and instants as ISO text; the price in EUR without VAT."""

    name: str
    work: str
    price: str
    starts_on: str
    ends_on: str
    conflict: str
    confirmed_by: str
    given_at: str


class AnswerFacts(TypedDict):
    """A question and its answer in words."""

    question: str
    answer: str


class SectionFacts(TypedDict):
    """A section of the form."""

    title: str
    answers: list[AnswerFacts]


class ContentFacts(Addressed):
    """What `vouchers/pdf/content.html` prints; amounts in EUR."""

    call: str
    hosts: list[HostFacts]
    consents: list[ConsentFacts]
    sections: list[SectionFacts]
    cost_lines: list[Cost]
    cost_totals: list[Line]


def content_facts(
    application: Application, content: dict[str, Any], asked: Iterable[Question], *, has_aid: bool
) -> ContentFacts:
    """Return what is said in `content`, from content_of(), in the language that is active.

    `has_aid` says that aid was declared, be it none.
    """
    costs = cost_lines(application.cost_lines.all())
    return ContentFacts(
        **addressed(application),
        call=application.call.name,
        hosts=_hosts(application),
        consents=_consents(content),
        sections=[
            _firm(content),
            *_answered(content, _choices(asked)),
            *_declared_aid(content, is_declared=has_aid),
        ],
        cost_lines=costs,
        cost_totals=cost_totals(costs, application.amount or Decimal("0.00")),
    )


def _hosts(application: Application) -> list[HostFacts]:
    return [
        HostFacts(
            name=host.name,
            region=host.region.name if host.region else country_name(host.country),
            contact=", ".join(
                word for word in (host.contact_name, host.contact_email, host.website) if word
            ),
        )
        for host in application.hosts.all()
    ]


def _consents(content: dict[str, Any]) -> list[ConsentFacts]:
    """Return what the submission holds of each partner's consent."""
    return [
        ConsentFacts(
            name=host["name"],
            work=said["work"],
            price=said["price"],
            starts_on=said["starts_on"],
            ends_on=said["ends_on"],
            conflict=said["conflict"] if said["has_conflict"] else _("No interest declared"),
            confirmed_by=f"{said['signatory_name']}, {said['signatory_role']}",
            given_at=said["given_at"],
        )
        for host in content["hosts"]
        if (said := host.get("consent"))
    ]


def _firm(content: dict[str, Any]) -> SectionFacts:
    figures = content["figures"] or {}
    asked = [
        (_("Register number"), content["organisation"]["register_number"]),
        (_("Sector"), _label(Sector, content["sector"])),
        (_("Bottleneck"), _label(Bottleneck, content["bottleneck"])),
        (_("Year of the figures"), str(figures.get("year", ""))),
        (_("Staff in full-time posts"), str(figures.get("headcount", ""))),
        (_("Turnover"), money(figures.get("turnover"))),
        (_("Balance sheet total"), money(figures.get("balance_sheet"))),
    ]
    return SectionFacts(
        title=_("Your firm"),
        answers=[AnswerFacts(question=q, answer=a or _unanswered()) for q, a in asked],
    )


def _label(words: type[Sector | Bottleneck], value: str) -> str:
    return str(words(value).label) if value else ""


def _answered(
    content: dict[str, Any], choices: Mapping[tuple[str, str], str]
) -> list[SectionFacts]:
    sections = []
    for section in content["sections"]:
        answers = [
            AnswerFacts(
                question=answer["label"], answer=answer_text(answer, choices) or _unanswered()
            )
            for answer in section["answers"]
            if answer["kind"] != QuestionKind.COST_TABLE
        ]
        if answers:
            sections.append(SectionFacts(title=section["title"], answers=answers))
    return sections


def _choices(asked: Iterable[Question]) -> dict[tuple[str, str], str]:
    """Return the label of each choice by question key and value."""
    return {
        (question.key, str(value)): str(label)
        for question in asked
        if question.kind == QuestionKind.CHOICE
        for value, label in question.choices
    }


def _declared_aid(content: dict[str, Any], *, is_declared: bool) -> list[SectionFacts]:
    """Return every aid declared (Regulation (EU) 2023/2831, article 7(4)), or "None"."""
    aids = [
        AnswerFacts(
            question=_("%(authority)s, %(day)s")
            % {"authority": aid["authority"], "day": day(date.fromisoformat(aid["granted_on"]))},
            answer=_("%(amount)s, %(country)s")
            % {"amount": money(aid["amount"]), "country": country_name(aid["member_state"])},
        )
        for aid in content["declared_aid"]
    ]
    none = AnswerFacts(
        question=_("Aid received"),
        answer=pgettext("de minimis aid", "None") if is_declared else _unanswered(),
    )
    return [SectionFacts(title=_("De minimis aid you declared"), answers=aids or [none])]


def _unanswered() -> str:
    return _("Not answered")
