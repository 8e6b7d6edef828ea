"""A submission's content in words, and what differs between two of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, pgettext

from catalogue.rules.differences import Piece, words
from portal.templatetags.portal_ui import country_name, day, money
from vouchers.enums import Bottleneck, QuestionKind, Sector
from vouchers.rules import milestones
from vouchers.rules.milestones import Milestone

type Labels = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Written:
    """One thing that was written: a stable key, its part, what was asked and the answer."""

    key: str
    part: str
    label: str
    text: str
    seen_by_host: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs, with the words that only the old or only the new text has."""

    part: str
    label: str
    old: list[Piece]
    new: list[Piece]
    seen_by_host: bool


def changes_between(
    before: Mapping[str, Any], after: Mapping[str, Any], labels: Labels
) -> list[Change]:
    """Return what differs between two contents, in the order of the newer one."""
    old = {one.key: one for one in written(before, labels)}
    new = {one.key: one for one in written(after, labels)}
    keys = [*new, *(key for key in old if key not in new)]
    return [
        _change(old.get(key), new.get(key)) for key in keys if _text(old, key) != _text(new, key)
    ]


def _text(found: Mapping[str, Written], key: str) -> str:
    return found[key].text if key in found else ""


def _change(old: Written | None, new: Written | None) -> Change:
    shown = new or old
    assert shown is not None  # noqa: S101  one of the two has the key
    before, after = words(old.text if old else "", new.text if new else "")
    return Change(shown.part, shown.label, before, after, shown.seen_by_host)


def written(content: Mapping[str, Any], labels: Labels) -> Iterator[Written]:
    """Return everything that a content says, in the order of the form."""
    about = gettext("About your project")
    bottleneck = dict(Bottleneck.choices).get(content["bottleneck"], "")
    yield Written("title", about, gettext("Title of your project"), content["title"])
    yield Written("bottleneck", about, gettext("What stops you most today?"), str(bottleneck))
    yield from _firm(content)
    yield from _hosts(content)
    yield from _answers(content, labels)
    yield from _costs(content)


def _firm(content: Mapping[str, Any]) -> Iterator[Written]:
    part = gettext("Your organisation")
    sector = dict(Sector.choices).get(content["sector"], "")
    yield Written("sector", part, gettext("Sector"), str(sector))
    figures = content["figures"]
    if figures:
        text = gettext(
            "%(year)s: %(headcount)s staff, turnover %(turnover)s, balance sheet %(balance)s"
        ) % {
            "year": figures["year"],
            "headcount": figures["headcount"],
            "turnover": money(figures["turnover"]),
            "balance": money(figures["balance_sheet"]),
        }
        yield Written("figures", part, gettext("Figures"), text, seen_by_host=False)
    aid = "\n".join(_aid_line(line) for line in content["declared_aid"])
    yield Written("aid", part, gettext("De minimis aid received"), aid, seen_by_host=False)
    yield Written(
        "export",
        part,
        gettext("Does the voucher pay for selling abroad?"),
        _yes_no(content["is_export_tied"]),
        seen_by_host=False,
    )


def _aid_line(line: Mapping[str, Any]) -> str:
    return gettext("%(amount)s by %(authority)s on %(day)s, %(country)s") % {
        "amount": money(line["amount"]),
        "authority": line["authority"],
        "day": day(date.fromisoformat(str(line["granted_on"]))),
        "country": country_name(line["member_state"]),
    }


def _hosts(content: Mapping[str, Any]) -> Iterator[Written]:
    for place, host in enumerate(content["hosts"], start=1):
        text = ", ".join(
            filter(
                None, [host["name"], host["region"], host["contact_name"], host["contact_email"]]
            )
        )
        yield Written(f"host-{place}", gettext("Partner"), gettext("Partner"), text)


def _answers(content: Mapping[str, Any], labels: Labels) -> Iterator[Written]:
    for section in content["sections"]:
        for answer in section["answers"]:
            if answer["kind"] != QuestionKind.COST_TABLE:
                yield Written(
                    f"answer-{answer['key']}",
                    section["title"],
                    answer["label"],
                    answer_text(answer, labels),
                    answer["seen_by_host"],
                )


def answer_text(answer: Mapping[str, Any], labels: Labels) -> str:
    """Return an answer as a person reads it, nothing where none was given; amounts in EUR."""
    value = answer["value"]
    if value in (None, "", []):
        return ""
    if (answer["key"], str(value)) in labels:
        return labels[answer["key"], str(value)]
    return _READERS.get(answer["kind"], str)(value)


_READERS: Mapping[str, Callable[[Any], str]] = {
    QuestionKind.FILE: ", ".join,
    QuestionKind.MONEY: money,
    QuestionKind.DATE: lambda value: day(date.fromisoformat(value)),
    QuestionKind.MILESTONES: lambda value: "\n".join(map(_milestone, milestones.read(value))),
    QuestionKind.YES_NO: lambda value: _yes_no(value in (True, "yes", "true")),
}


def _milestone(one: Milestone) -> str:
    return gettext("%(what)s, by %(day)s") % {"what": one.what, "day": day(one.by)}


def _yes_no(said: bool) -> str:
    return pgettext("answer", "Yes") if said else pgettext("answer", "No")


def _cost(line: Mapping[str, Any]) -> str:
    words = f"{line['item']}: {money(line['amount'])}"
    vat = Decimal(line.get("vat", 0))
    if not vat:
        return words
    return gettext("%(cost)s, VAT %(amount)s") % {"cost": words, "amount": money(vat)}


def _costs(content: Mapping[str, Any]) -> Iterator[Written]:
    part = gettext("Costs")
    lines = [_cost(line) for line in content["costs"]]
    yield Written("costs", part, gettext("Cost lines"), "\n".join(lines))
    yield Written("amount", part, gettext("Amount you ask for"), money(content["amount"]))
