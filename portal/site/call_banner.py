"""What the front page says of a call: open, planned, closed or none."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, ngettext

from portal.left import days_left, time_left
from portal.templatetags.portal_ui import instant, weekday
from vouchers.models import Call
from vouchers.rules.deadlines import Openness

CALLS = "/calls/"
BROKERS = "#brokers"
CLOSING_DAYS = 3


@dataclass(frozen=True, slots=True)
class Banner:
    """What the front page says of the call: a tag, one sentence with its instant, one way on."""

    eyebrow: str
    tone: str
    symbol: str
    label: str
    title: str
    note: str
    button: str
    verb: str
    address: str
    count: int | None = None
    count_words: str = ""


def banner(call: Call | None, now: datetime) -> Banner:
    """Describe the call at an instant, with its exact times and zone; None is no call."""
    if call is None:
        return Banner(
            eyebrow=gettext("No call is planned yet"),
            tone="",
            symbol="calendar-week",
            label=gettext("No call"),
            title=gettext("No call is planned yet"),
            note=gettext("Your Access Broker can already help you find a partner."),
            button="btn-secondary",
            verb=gettext("Find your Access Broker"),
            address=BROKERS,
        )
    openness = call.window.openness(now)
    if openness is Openness.OPEN:
        return _open_banner(call, now)
    if openness is Openness.NOT_YET_OPEN:
        return _planned_banner(call, now)
    return _closed_banner(call)


def _open_banner(call: Call, now: datetime) -> Banner:
    left = time_left(call.closes_at, zone=call.time_zone, now=now)
    closing = days_left(call.closes_at, zone=call.time_zone, now=now) <= CLOSING_DAYS
    return Banner(
        eyebrow=gettext("%(call)s is open") % {"call": call.name},
        tone="is-warn" if closing else "is-ok",
        symbol="hourglass-split" if closing else "unlock-fill",
        label=gettext("Closing") if closing else gettext("Open"),
        title=gettext("%(call)s closes on %(when)s")
        % {"call": call.name, "when": weekday(call.closes_at, call.time_zone)},
        note=gettext("Opened %(when)s. The form locks at the closing time.")
        % {"when": instant(call.opens_at, call.time_zone)},
        button="btn-primary",
        verb=gettext("Start an application"),
        address=f"{CALLS}{call.slug}/",
        count=left.number,
        count_words=left.words,
    )


def _planned_banner(call: Call, now: datetime) -> Banner:
    left = days_left(call.opens_at, zone=call.time_zone, now=now)
    return Banner(
        eyebrow=gettext("%(call)s is planned") % {"call": call.name},
        tone="is-info",
        symbol="calendar-week",
        label=gettext("Planned"),
        title=gettext("%(call)s opens on %(when)s")
        % {"call": call.name, "when": weekday(call.opens_at, call.time_zone)},
        note=gettext("It closes on %(when)s.") % {"when": instant(call.closes_at, call.time_zone)},
        button="btn-secondary",
        verb=gettext("Read the rules"),
        address=f"{CALLS}{call.slug}/",
        # On the day itself the hour says more.
        count=left or None,
        count_words=ngettext("day until it opens", "days until it opens", left),
    )


def _closed_banner(call: Call) -> Banner:
    return Banner(
        eyebrow=gettext("%(call)s is closed") % {"call": call.name},
        tone="",
        symbol="lock-fill",
        label=gettext("Closed"),
        title=gettext("%(call)s closed on %(when)s")
        % {"call": call.name, "when": weekday(call.closes_at, call.time_zone)},
        note=gettext("Your Access Broker can tell you when the next call is planned."),
        button="btn-secondary",
        verb=gettext("Find your Access Broker"),
        address=BROKERS,
    )
