"""Figures that others have published, beside those that the portal counts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from portal.templatetags.portal_ui import money
from vouchers.enums import Qualifier
from vouchers.models import PublishedFigure
from vouchers.statistics.figures import Figures
from vouchers.statistics.shape import as_json

AGREES: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    Qualifier.EXACTLY: lambda counted, said: counted == said,
    Qualifier.MORE_THAN: lambda counted, said: counted > said,
    Qualifier.AT_MOST: lambda counted, said: counted <= said,
    Qualifier.TARGET: lambda counted, said: counted >= said,
}
SAID: Mapping[str, Promise] = {
    Qualifier.EXACTLY: pgettext_lazy("figure", "%(value)s"),
    Qualifier.MORE_THAN: pgettext_lazy("figure", "more than %(value)s"),
    Qualifier.AT_MOST: pgettext_lazy("figure", "at most %(value)s"),
    Qualifier.ABOUT: pgettext_lazy("figure", "about %(value)s"),
    Qualifier.TARGET: pgettext_lazy("figure", "target %(value)s"),
}
LABELS: Mapping[str, Promise] = {
    "awards.total": gettext_lazy("Vouchers awarded"),
    "awards.completed": gettext_lazy("Collaborations completed"),
    "money.awarded_value": gettext_lazy("Value awarded"),
    "money.allocated": gettext_lazy("Budget"),
    "pot.region": gettext_lazy("Budget of each region"),
    "jobs.expected": gettext_lazy("Jobs expected"),
    "smes.supported": gettext_lazy("SMEs supported"),
    "smes.coached": gettext_lazy("SMEs coached"),
    "smes.reached": gettext_lazy("SMEs reached"),
    "smes.with_voucher": gettext_lazy("SMEs with a voucher"),
    "regions": gettext_lazy("Regions"),
    "clusters": gettext_lazy("Clusters"),
    "facilities": gettext_lazy("Facilities"),
    "partners": gettext_lazy("Partners"),
    "countries": gettext_lazy("Countries"),
    "budget": gettext_lazy("Budget of the project"),
    "events.deep_dives": gettext_lazy("Deep dives"),
    "events.webinars": gettext_lazy("Webinars"),
    "call.opens_on": gettext_lazy("Call opened"),
    "call.closes_on": gettext_lazy("Call closed"),
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One published figure and the counted one; nothing where the portal does not count it."""

    label: str
    published: str
    counted: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What a source says in one sentence."""

    sentence: str
    source: str
    address: str
    rows: Sequence[Comparison]


def compare(figures: Figures) -> list[Statement]:
    """Return what was published about exactly these calls, or about the whole programme."""
    scope = figures.scope
    if scope.region or scope.voucher_type:
        return []
    calls = sorted(call.code for call in figures.calls)
    about = PublishedFigure.objects.filter(programme=scope.programme)
    chosen = [f for f in about if sorted(f.calls) == calls or (not f.calls and not scope.calls)]
    counted = _countable(figures)
    return [
        Statement(sentence, source, address, [_comparison(f, counted, figures) for f in said])
        for (sentence, source, address), said in _by_sentence(chosen)
    ]


def _by_sentence(
    chosen: Iterable[PublishedFigure],
) -> Iterable[tuple[tuple[str, str, str], Iterable[PublishedFigure]]]:
    return groupby(chosen, key=lambda f: (f.sentence, f.source, f.source_url))


def _countable(figures: Figures) -> dict[str, Any]:
    """Return the counted figures by the keys that published ones have."""
    shape = as_json(figures)
    found = {
        f"{group}.{name}": value
        for group in ("awards", "money", "jobs")
        for name, value in shape[group].items()
    }
    found |= {f"awards.by_type.{code}": n for code, n in shape["awards"]["by_type"].items()}
    found |= {f"voucher_type.{kind.code}.amount": kind.amount for kind in figures.voucher_types}
    found["smes.with_voucher"] = figures.firms.legal_entities
    found["regions"] = len(figures.pots)
    return found


def _comparison(
    figure: PublishedFigure, counted: Mapping[str, Any], figures: Figures
) -> Comparison:
    own, said = _number(counted.get(figure.key)), _number(figure.value)
    agrees = AGREES.get(figure.qualifier)
    verdict = ""
    if own is not None and said is not None and agrees:
        verdict = pgettext("figure", "agrees") if agrees(own, said) else _("differs")
    words = SAID[figure.qualifier] % {"value": _shown(figure.value, figure)}
    return Comparison(_label(figure.key, figures), words, _shown(own, figure), verdict)


def _label(key: str, figures: Figures) -> str:
    if key in LABELS:
        return str(LABELS[key])
    codes = key.split(".")
    names = [kind.name for kind in figures.voucher_types if kind.code in codes]
    return names[0] if names else key


def _number(value: Any) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None


def _shown(value: Any, figure: PublishedFigure) -> str:
    if value is None:
        return ""
    return money(value) if figure.unit == "EUR" else str(value)
