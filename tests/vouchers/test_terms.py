"""A call keeps what it promised: later changes of a voucher type do not reach it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from portal.permissions import Actor
from tests.vouchers import factories, lives
from tests.vouchers.factories import NOW
from vouchers.actions import applications, calls, drafts
from vouchers.enums import AidBasis, Payee
from vouchers.models import (
    Application,
    Call,
    CallVoucherType,
    Criterion,
    RegionTerms,
    VoucherType,
)
from vouchers.rules.terms import NAMES, Terms
from vouchers.rules.verdict import Refused

pytestmark = pytest.mark.django_db
CHANGED = {
    "amount_kind": "capped",
    "amount": Decimal("1.00"),
    "funding_rate": Decimal("0.100"),
    "validity_months": 1,
    "claim_days": 1,
    "extension_months": 1,
    "crossing_rule": "other_country",
    "needs_consent": False,
    "needs_host_signature": False,
    "needs_agreement": True,
    "agreement_days": 1,
    "selection": "first_come",
    "assessors": 9,
    "threshold": 99,
    "max_per_call": 9,
    "max_per_programme": 9,
    "max_hosts": 9,
    "aid_basis": "gber_20a",
    "payee": "provider",
    "pays_vat": True,
}


@pytest.fixture
def world(settings, freeze):
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    return factories.make_world()


def test_every_term_is_frozen(world):
    offer = world.offers["insight"]
    offer.refresh_from_db()
    before = offer.terms_in(world.home)
    assert set(CHANGED) == set(NAMES)
    VoucherType.objects.filter(pk=offer.voucher_type_id).update(**CHANGED)
    offer = type(offer).objects.get(pk=offer.pk)
    assert offer.terms_in(world.home) == before
    changed = {name for name in NAMES if getattr(before, name) == CHANGED[name]}
    assert changed == set()


def test_a_whole_life_goes_by_the_copy(world):
    VoucherType.objects.filter(code="insight").update(**CHANGED)
    claim = lives.paid(world, "insight")
    award = claim.award
    assert (award.amount, award.payee, award.aid_basis, claim.approved_amount) == (
        Decimal("4000.00"),
        Payee.SME,
        AidBasis.DE_MINIMIS,
        Decimal("4000.00"),
    )
    assert award.application.signatures.count() == 2
    assert (award.ends_on.year, award.ends_on.month) == (2027, 12)


def test_a_region_may_agree_otherwise_and_the_call_keeps_that_too(world):
    voucher_type = world.voucher_type("insight")
    own = {
        "aid_basis": AidBasis.GBER_20A,
        "payee": Payee.PARTNER,
        "needs_host_signature": False,
        "pays_vat": True,
    }
    RegionTerms.objects.create(voucher_type=voucher_type, region=world.home, **own)
    copy = calls.copy_call(
        world.call,
        code="LSV-2",
        name="Second call",
        opens_at=NOW,
        closes_at=NOW + timedelta(days=30),
        by=factories.SET_UP,
        now=NOW,
    )
    calls.schedule(copy, by=factories.SET_UP, now=NOW)
    RegionTerms.objects.all().delete()
    offer = copy.offers.get(voucher_type=voucher_type)
    said = {name: getattr(offer.terms_in(world.home), name) for name in own}
    assert said == own
    elsewhere = offer.terms_in(world.host)
    assert (elsewhere.aid_basis, elsewhere.payee, elsewhere.needs_host_signature) == (
        AidBasis.DE_MINIMIS,
        Payee.SME,
        True,
    )
    draft = applications.start(
        offer,
        organisation=world.organisation,
        home_region=world.home,
        by=Actor.person(world.sme),
        now=NOW,
    )
    assert not Application.objects.get(pk=draft.pk).needs_host_signature


def test_terms_read_what_json_keeps():
    stored = {**{name: str(value) for name, value in CHANGED.items()}, "regions": {}}
    numbers = {
        "validity_months",
        "claim_days",
        "extension_months",
        "agreement_days",
        "assessors",
        "threshold",
        "max_per_call",
        "max_per_programme",
    }
    stored |= {name: CHANGED[name] for name in {*numbers, "max_hosts"}}
    stored |= {"needs_consent": False, "needs_host_signature": False, "needs_agreement": True}
    stored |= {"pays_vat": True}
    terms = Terms.read(stored)
    assert {name: getattr(terms, name) for name in NAMES} == CHANGED


def test_a_voucher_type_may_close_before_its_call(world):
    offer = world.offers["insight"]
    draft = factories.complete_draft(world)
    closes = NOW + timedelta(hours=1)
    type(offer).objects.filter(pk=offer.pk).update(closes_at=closes)
    by, late = Actor.person(world.sme), closes + timedelta(minutes=2)
    draft = Application.objects.get(pk=draft.pk)
    with pytest.raises(Refused, match="call_closed"):
        drafts.send(draft, declarations=drafts.DECLARATIONS, by=by, now=late)
    other = factories.draft(world, "collaboration")
    title = {"title": "Still open", "bottleneck": "technology"}
    drafts.set_basics(other, values=title, by=by, now=late)
    drafts.send(
        Application.objects.get(pk=draft.pk), declarations=drafts.DECLARATIONS, by=by, now=closes
    )


def test_a_published_call_keeps_the_criteria_that_it_announced(world):
    factories.name_criteria(world, "insight", need=40, plan=60)
    Criterion.objects.filter(code="plan").update(weight=10, name="Anything")
    Criterion.objects.create(
        voucher_type=world.voucher_type("insight"), code="price", name="Price", weight=50
    )
    kept = CallVoucherType.objects.get(pk=world.offers["insight"].pk).criteria
    assert [(one.code, one.name, one.weight) for one in kept] == [
        ("need", "Need", 40),
        ("plan", "Plan", 60),
    ]


def test_publishing_writes_the_criteria_down(world):
    factories.name_criteria(world, "insight", need=100)
    Call.objects.filter(pk=world.call.pk).update(state="draft")
    offers = CallVoucherType.objects.filter(pk=world.offers["insight"].pk)
    offers.update(terms={})
    assert [one.weight for one in offers.get().criteria] == [100]
    calls.schedule(Call.objects.get(pk=world.call.pk), by=factories.SET_UP, now=world.now)
    assert offers.get().terms["criteria"] == [{"code": "need", "name": "Need", "weight": 100}]
