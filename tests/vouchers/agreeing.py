"""Agreements of three, by the real actions: asked for by the terms, signed by a link in a mail."""

import re
from datetime import date, datetime

from django.utils import timezone

from portal.models import OutgoingMail
from portal.permissions import Actor
from tests.vouchers import factories, lives
from vouchers.actions import provider_answers
from vouchers.actions.provider_answers import Paper
from vouchers.models import Agreement, Award, CallVoucherType

LETTERS = ("agreement_asked", "agreement_reminder")


def ask_for_agreements(world: factories.World, kind: str = "insight") -> factories.World:
    """Let the open call have announced that the provider signs an agreement."""
    offer = CallVoucherType.objects.get(pk=world.offers[kind].pk)
    offer.terms["needs_agreement"] = True
    offer.save(update_fields=["terms"])
    world.offers[kind].terms = offer.terms
    return world


def accepted(world: factories.World, kind: str = "insight") -> Award:
    """An award that the firm has accepted, and with it signed the agreement."""
    return lives.accepted(ask_for_agreements(world, kind), kind)


def token() -> str:
    """The token of the newest link to sign."""
    body = OutgoingMail.objects.filter(kind__in=LETTERS).latest("pk").body
    found = re.search(r"/provider/agreement/([^/\s]+)/", body)
    assert found
    return found[1]


def sign(now: datetime) -> Agreement:
    """Sign as the provider, by the newest link."""
    return provider_answers.sign_by_link(
        token(),
        signatory_name="M. Muster",
        signatory_role="Head of laboratory",
        now=now,
        link_now=timezone.now(),
    )


def decline(now: datetime, reason: str = "Our machine is broken.") -> Agreement:
    """Decline as the provider, by the newest link."""
    said = {"reason": reason, "now": now, "link_now": timezone.now()}
    return provider_answers.decline_by_link(token(), **said)


def paper(signed_on: date) -> Paper:
    """The agreement as it came back on paper."""
    return Paper(lives.checked("signed.pdf"), "M. Muster", "Head of laboratory", signed_on)


def keep(now: datetime) -> None:
    """Let the schedule look at agreements."""
    provider_answers.keep_agreements(by=Actor.clock(), now=now, link_now=timezone.now())


def mails() -> list[tuple[str, str]]:
    """Kind and address of every mail about an agreement or an award that ends, in order."""
    kinds = (
        *LETTERS,
        "agreement_waits",
        "agreement_signed",
        "agreement_receipt",
        "partner_award_ended",
        "award_ended",
        "award_answered",
    )
    rows = OutgoingMail.objects.filter(kind__in=kinds).order_by("pk")
    return [(mail.kind, mail.to[0]) for mail in rows]
