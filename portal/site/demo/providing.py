"""The demo's providers at work: two ask to be listed, an expert agrees, records are asked about."""

from datetime import datetime, timedelta

from django.utils import timezone

from catalogue import actions
from catalogue.actions import experts, joining, upkeep
from catalogue.enums import ProviderKind
from catalogue.models import ProviderRequest, Record
from portal import links
from portal.enums import LinkPurpose, Role
from portal.models import Region
from portal.permissions import Actor
from portal.site.demo.life import staff
from portal.workflow import action

DAY = timedelta(days=1)
VISITOR = Actor(user=None, label="visitor")
EXPERT = "cell-therapy-advice-nijmegen"


def is_missing() -> bool:
    """Whether nobody has asked to be listed yet."""
    return not ProviderRequest.objects.exists()


@action
def load(*, now: datetime) -> None:
    """Let one organisation wait for the broker, one be listed, and one expert agree."""
    home = Region.objects.get(code="NL-ENL")
    waiting, listed = now - DAY, now - 9 * DAY
    _ask(
        home,
        "Voorbeeld Microscopie Twente",
        "Enschede",
        "Electron microscopy of soft materials: two instruments and sample preparation.",
        now=waiting,
    )
    request = _ask(
        home,
        "Proefopzet Sensorlab",
        "Arnhem",
        "Calibration of wearable sensors against clinical devices.",
        now=listed,
    )
    broker = staff(Role.BROKER, home)
    joining.accept_request(request, by=broker, now=listed + 2 * DAY, link_now=timezone.now())
    _agree(Record.objects.get(slug=EXPERT), broker, now=now - 5 * DAY)


def _ask(
    region: Region, organisation: str, city: str, offer: str, *, now: datetime
) -> ProviderRequest:
    host = organisation.lower().replace(" ", "-")
    return joining.ask_to_be_listed(
        region=region,
        organisation_name=organisation,
        kind=ProviderKind.PUBLIC,
        city=city,
        website=f"https://{host}.example/",
        offer=offer,
        name="J. Jansen",
        email=f"jansen@{host}.example",
        language="nl",
        by=VISITOR,
        now=now,
    )


def _agree(row: Record, broker: Actor, *, now: datetime) -> None:
    """Let a person be named, agree with the address shown, and be published; then ask as usual."""
    link_now = timezone.now()
    person = experts.name_person(
        row,
        name="Dr Sanne Voorbeeld",
        email="sanne@voorbeeld-tissue-lab.example",
        orcid="0000-0002-1825-0097",
        language="en",
        availability="Tuesdays and Thursdays, not in August",
        by=broker,
        now=now,
        link_now=link_now,
    )
    # The token of the letter stands in the letter alone, so the demo makes one more.
    token = links.make(
        LinkPurpose.EXPERT_CONSENT,
        email=person.email,
        data={"expert": person.pk},
        lifetime=DAY,
        by=broker,
        now=link_now,
    )
    experts.agree(token, shows_contact=True, now=now + DAY, link_now=link_now)
    actions.publish(row, by=broker, now=now + DAY)
    upkeep.ask_provider(row.provider, by=Actor.clock(), now=now + DAY, link_now=link_now)
