"""A firm near its ceiling accepts, its provider signs, and what nobody answers lapses."""

import re
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from portal.models import OutgoingMail
from portal.permissions import Actor
from tests.vouchers import factories, lives
from tests.vouchers.agreeing import ask_for_agreements
from vouchers.actions import calendar, draft_rows, provider_answers
from vouchers.actions.draft_rows import AidFields
from vouchers.cases import aid_history
from vouchers.models import Award, CallVoucherType, grants

SME, PROVIDER = "sme@voorbeeld.example", "lab@lower-saxony.example"
CLOCK = Actor.clock()


def offered(world, kind: str, amount: Decimal | None = None) -> Award:
    """An offer with an agreement, to a firm that declares 297,000 of the last years."""
    ask_for_agreements(world, kind)
    # An agreement has one provider.
    offer = CallVoucherType.objects.get(pk=world.offers[kind].pk)
    offer.terms["max_hosts"] = 1
    offer.save(update_fields=["terms"])
    award = lives.offered(world, kind, amount=amount)
    granted = world.now.date() - timedelta(days=200)
    draft_rows.set_aid(
        factories.draft(world, "collaboration"),
        lines=[AidFields(granted, "Province of Gelderland", "NL", Decimal(297_000))],
        is_export_tied=False,
        by=Actor.person(world.sme),
        now=world.now,
    )
    return award


def accept(visitor, award) -> None:
    """Fill in who signs, and press the button of the offer."""
    page = visitor.open(f"/applications/{award.application.reference}/award/")
    page.fill("[name=signatory_name]", "A. Voorbeeld")
    page.fill("[name=signatory_role]", "Managing director")
    page.check("[name=may_sign]")
    page.get_by_role("button", name="Accept").click()
    page.wait_for_load_state()


def left_until(world) -> str:
    """The day from which the declared aid does not count any more, as the page writes it."""
    granted = world.now.date() - timedelta(days=200)
    later = date(granted.year + 3, granted.month, granted.day) + timedelta(days=1)
    return f"{later.day} {later:%B %Y}"


def stop_at_the_ceiling(sme, world) -> None:
    """Be refused 4,000, answer nothing, and see the offer lapse after its reminder."""
    award = offered(world, "insight")
    accept(sme, award)
    assert f"€3,000 left until {left_until(world)}" in sme.page.locator("main").inner_text()
    # The browser tells of the refusal too.
    assert [problem for problem in sme.problems if "409" not in problem] == []
    sme.problems.clear()
    for days in (6, 8, 13, 15):
        calendar.keep_offers(by=CLOCK, now=world.now + timedelta(days=days))
    # Its day to be sent is in a week.
    assert OutgoingMail.objects.filter(kind="offer_reminder", to=[SME]).count() == 1
    award.refresh_from_db()
    assert (award.state, lives.ledger_of(award)[-1]) == (
        "lapsed",
        ("release", "reserved", "4000.00"),
    )


def sign_as_provider(provider, post) -> None:
    """Open the link of the mail without an account, on a small screen, and sign."""
    letter = post.collect().last(PROVIDER)
    link = re.search(r"(/provider/agreement/\S+)", letter.get_body(("plain",)).get_content())
    page = provider.open(link[1])
    assert "Managing director" in provider.text()
    page.fill("[name=signatory_name]", "M. Muster")
    page.fill("[name=signatory_role]", "Head of laboratory")
    page.check("[name=may_sign]")
    provider.press("Sign the agreement")
    assert "All have signed." in provider.text()


def check_paper(stranger, document) -> None:
    """Enter number and code of a document."""
    page = stranger.open("/verify/")
    page.fill("[name=number]", document.number)
    page.fill("[name=code]", document.code)
    stranger.press("Check")
    assert "This document is genuine" in stranger.text()


def test_a_firm_near_its_ceiling_signs_for_500_and_its_provider_too(world, visit, post):
    sme = visit(SME)
    stop_at_the_ceiling(sme, world)
    award = offered(world, "meet_greet", Decimal(500))
    accept(sme, award)
    sme.check_access()
    assert "You have accepted the voucher and signed the agreement." in sme.text()
    award.refresh_from_db()
    counted = sum(line.amount for line in aid_history(award.application.undertaking))
    assert counted == Decimal(297_500)
    sign_as_provider(visit(scripts=False, width=320), post)
    post.collect()
    assert [subject for subject in post.to(PROVIDER) if "agreement" in subject] == [
        "Please sign: agreement with Voorbeeld Biotech BV",
        "Signed by all: agreement with Voorbeeld Biotech BV",
    ]
    assert post.to(SME)[-2:] == [
        f"You accepted voucher {award.number}",
        f"Signed by all: agreement of voucher {award.number}",
    ]
    sme.open(f"/applications/{award.application.reference}/award/")
    sme.check_access()
    for words in ("A. Voorbeeld, Managing director", "M. Muster, Head of laboratory"):
        assert words in sme.text()
    check_paper(visit(), award.agreement.signed)
    provider_answers.keep_agreements(
        by=CLOCK, now=world.now + timedelta(days=20), link_now=timezone.now()
    )
    award.refresh_from_db()
    assert award.state == "accepted"
    assert [(row.number, row.due) for row in grants()] == [(award.number, Decimal(500))]
