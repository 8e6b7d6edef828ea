"""An application in words: for checking before it is sent, and to take away."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, pgettext

from portal.templatetags.portal_ui import country_name, day, money
from vouchers.cases.contents import answer_text, written
from vouchers.enums import QuestionKind
from vouchers.models import Application, Attachment, CostLine, PartnerConsent, Question
from vouchers.views.partners import confirmed_words
from vouchers.views.progress import CONSENT, pieces_of
from vouchers.views.standing import page
from vouchers.views.totals import totals_of


@dataclass(frozen=True, slots=True)
class Line:
    """A question and its answer in words; files can be opened."""

    label: str
    text: str
    files: list[Attachment] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shown:
    """A part of the form in words, and where it can be changed."""

    title: str
    url: str
    lines: list[Line]


def answers_of(application: Application) -> list[Shown]:
    """Return every part of the form in words."""
    by_code = {
        "organisation": _figures,
        "hosts": _hosts,
        "aid": _aid,
        "costs": _costs,
        CONSENT: _consents,
    }
    questions = _questions(application)
    parts = []
    for _title, pieces in pieces_of(application):
        for piece in pieces:
            if piece.code == "about":
                lines = _about(application)
            elif piece.code in by_code:
                lines = by_code[piece.code](application)
            else:
                lines = questions.get(piece.code, [])
            parts.append(Shown(piece.name, page(application, piece.code), lines))
    return parts


def _about(application: Application) -> list[Line]:
    return [
        Line(gettext("Title of your project"), application.title),
        Line(gettext("What stops you most today?"), application.get_bottleneck_display()),
    ]


def _figures(application: Application) -> list[Line]:
    organisation = application.organisation
    row = organisation.figures.filter(year=application.figures_year or 0).first()
    firm = [
        Line(gettext("Organisation"), organisation.name),
        Line(gettext("Region"), str(application.home_region)),
        Line(gettext("Sector"), application.get_sector_display()),
    ]
    if row is None:
        return firm
    return [
        *firm,
        Line(gettext("Year of the figures"), _year(row.year, is_estimate=row.is_estimate)),
        Line(gettext("Staff in full-time posts"), f"{row.headcount.normalize():f}"),
        Line(gettext("Turnover"), money(row.turnover)),
        Line(gettext("Balance sheet total"), money(row.balance_sheet)),
    ]


def _year(year: int, *, is_estimate: bool) -> str:
    return gettext("%(year)d, an estimate") % {"year": year} if is_estimate else str(year)


def _hosts(application: Application) -> list[Line]:
    return [
        Line(
            gettext("Partner"),
            ", ".join(
                filter(
                    None,
                    [
                        host.name,
                        host.region.name if host.region else country_name(host.country),
                        host.contact_name,
                        host.contact_email,
                    ],
                )
            ),
        )
        for host in application.hosts.all()
    ]


def _consents(application: Application) -> list[Line]:
    return [line for host in application.hosts.all() for line in _consent(host.confirmed)]


def _consent(consent: PartnerConsent | None) -> list[Line]:
    if consent is None:
        return []
    none = gettext("No interest declared")
    return [
        Line(gettext("Price and dates"), confirmed_words(consent)),
        Line(gettext("The work"), consent.work),
        Line(gettext("Conflict of interest"), consent.conflict if consent.has_conflict else none),
        Line(gettext("Confirmed by"), f"{consent.signatory_name}, {consent.signatory_role}"),
    ]


def _aid(application: Application) -> list[Line]:
    lines = [
        Line(
            gettext("%(authority)s, %(day)s")
            % {"authority": aid.authority, "day": day(aid.granted_on)},
            f"{money(aid.amount)}, {country_name(aid.member_state)}",
        )
        for aid in application.organisation.declared_aid.all()
    ]
    if not lines and application.aid_declared_at:
        lines = [Line(gettext("Aid received"), pgettext("de minimis aid", "None"))]
    exports = pgettext("answer", "Yes") if application.is_export_tied else pgettext("answer", "No")
    return [*lines, Line(gettext("Does the voucher pay for selling abroad?"), exports)]


def _costs(application: Application) -> list[Line]:
    totals = totals_of(application)
    lines = [
        Line(f"{cost.kind}: {cost.item}", _with_vat(cost))
        for cost in application.cost_lines.select_related("kind")
    ]
    return [
        *lines,
        Line(gettext("Eligible costs without VAT"), money(totals.eligible)),
        Line(gettext("Amount you ask for"), money(application.amount)),
        Line(gettext("Your own share"), money(totals.own_share)),
        Line(gettext("VAT, which you pay too"), money(totals.vat)),
        Line(gettext("You pay"), money(totals.you_pay)),
    ]


def _with_vat(cost: CostLine) -> str:
    if not cost.vat:
        return money(cost.amount)
    return gettext("%(amount)s and %(vat)s VAT") % {
        "amount": money(cost.amount),
        "vat": money(cost.vat),
    }


def _questions(application: Application) -> dict[str, list[Line]]:
    values = dict(application.answers.values_list("question_id", "value"))
    files = list(application.attachments.select_related("upload"))
    sections: dict[str, list[Line]] = {}
    for question in Question.objects.filter(question_set=application.question_set_id):
        given = [file for file in files if file.question_id == question.pk]
        line = Line(question.label, in_words(question, values.get(question.pk)), given)
        sections.setdefault(question.section, []).append(line)
    return sections


def in_words(question: Question, value: Any) -> str:
    """Return a stored answer as a person reads it; amounts in EUR."""
    labels = {(question.key, str(choice)): str(label) for choice, label in question.choices}
    return answer_text({"key": question.key, "kind": question.kind, "value": value}, labels)


def unsent_as_text(application: Application) -> str:
    """Return what was written into a returned application that nobody sent, as plain text."""
    unsent = application.unsent or {"content": None, "typed": {}}
    lines = [gettext("Written into %(number)s and not sent") % {"number": application}]
    if unsent["content"]:
        said = written(unsent["content"], labels_of(application))
        lines += [f"\n{one.label}\n{one.text or '-'}" for one in said]
    return "\n".join([*lines, *_typed_lines(unsent["typed"]), ""])


def labels_of(application: Application) -> dict[tuple[str, str], str]:
    """Return the words of every choice of the form, by question and stored value."""
    questions = Question.objects.filter(
        question_set=application.question_set_id, kind=QuestionKind.CHOICE
    )
    return {
        (question.key, str(value)): str(label)
        for question in questions
        for value, label in question.choices
    }


def as_text(application: Application) -> str:
    """Return the application as plain text to take away."""
    return "\n".join(_text_lines(application))


def _text_lines(application: Application) -> Iterator[str]:
    yield application.title or gettext("No title yet")
    yield f"{application.voucher_type}, {application.call}, {application}"
    for part in answers_of(application):
        yield f"\n{part.title.upper()}"
        for line in part.lines:
            names = [str(file) for file in line.files]
            yield f"\n{line.label}\n{', '.join(filter(None, [line.text, *names])) or '-'}"
    yield from _typed_lines(application.typed)
    yield ""


def _typed_lines(kept: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for code, typed in kept.items():
        words = gettext("Typed and not stored yet: %(part)s") % {"part": code}
        yield f"\n{words}"
        for name, text in typed.items():
            yield f"{name}: {text if isinstance(text, str) else ', '.join(text)}"
