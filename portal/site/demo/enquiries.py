"""The demo's needs and a question about a record, each put, advised and answered by the actions."""

from datetime import datetime

from brokers import actions
from brokers.models import Enquiry
from catalogue.enums import Opinion
from catalogue.models import Record
from catalogue.search import advice_on
from portal.enums import Locale, Role
from portal.models import Region
from portal.permissions import Actor
from portal.site.demo import people
from portal.site.demo.life import DAY, staff
from portal.workflow import action

VISITOR = Actor(user=None, label="visitor")
ANSWERED, OVERDUE, NEW = 14, 12, 1
NEEDS = {
    ANSWERED: (
        "Sanne Smit",
        "Voorbeeld Formulering",
        """Our molecule works in the dish, but when animals swallow it nearly nothing of it arrives
in the blood. We want to know whether the gut does not absorb it or the liver destroys it, before
we choose between a tablet and an injection.""",
    ),
    OVERDUE: (
        "Bram Visser",
        "Sjabloon Sensoren",
        """We print a patch that measures sugar through the skin. We look for somebody who makes the
first thousand in a clean room, because our own line stops at twenty a week.""",
    ),
    NEW: (
        "Lotte Bakker",
        "Proefmodel Peptiden",
        """Our peptide is gone from human plasma within minutes. We would like to see where it is
cut, and which enzyme does it, with mass spectrometry that is sensitive enough.""",
    ),
}
ANSWER = (
    "Thank you for writing. Two partners abroad have done this for firms like yours, and they are"
    " named below. An Insight voucher pays for a first set of measurements; call me and we look at"
    " the application together."
)


def is_missing() -> bool:
    """Whether nobody has put anything to a broker yet."""
    return not Enquiry.objects.exists()


@action
def load(*, now: datetime) -> None:
    """Put three needs to the printed home broker, and a question to the printed host broker."""
    home = Region.objects.get(code=people.HOME)
    for days_ago, (name, firm, text) in NEEDS.items():
        need = _ask(name, firm, text, home, now=_morning(now, days_ago))
        if days_ago == ANSWERED:
            _answer(need, now=_morning(now, ANSWERED - 2))
    record = Record.objects.get(slug="musterlab-bioanalytics")
    text = "Do you also take samples of dried blood spots, and how many do you need?"
    _ask("Daan Mulder", "Voorbeeld Spots", text, home, about=record, now=_morning(now, 2))


def _morning(now: datetime, days_ago: int) -> datetime:
    return (now - DAY * days_ago).replace(hour=9, minute=15)


def _ask(
    name: str, firm: str, text: str, home: Region, *, about: Record | None = None, now: datetime
) -> Enquiry:
    return actions.ask(
        region=home,
        about=about,
        home_region=home,
        is_need=about is None,
        name=name,
        email=f"{name.split(maxsplit=1)[0].lower()}@{firm.lower().replace(' ', '-')}.example",
        organisation=f"{firm} BV",
        question=text.replace("\n", " "),
        language=Locale.EN,
        by=VISITOR,
        now=now,
    )


def _answer(need: Enquiry, *, now: datetime) -> None:
    """Recommend the two best suggestions, and write."""
    by = staff(Role.BROKER, need.region)
    found = advice_on(need, need.question, home=need.region, now=now).suggestions[:2]
    for suggestion in found:
        actions.advise(need, suggestion.record, opinion=Opinion.PINNED, by=by, now=now)
    actions.answer(need, text=ANSWER, by=by, now=now)
