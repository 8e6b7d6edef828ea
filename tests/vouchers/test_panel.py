"""The panel beside the form: the region's money as a band, and what the whole panel costs."""

from decimal import Decimal

import pytest

from portal.permissions import Actor
from tests.vouchers import factories
from vouchers.actions import ledger
from vouchers.actions.ledger import PotExhausted
from vouchers.models import CallVoucherType, Pot, PotCeiling, balance_of
from vouchers.views.checks import band_of, panel_of
from vouchers.views.drafting import with_parts
from vouchers.views.progress import Application

pytestmark = pytest.mark.django_db
RESERVE = "Not enough left for this voucher: it would go to the reserve list"
USED_UP = "Used up: new awards go to the reserve list"


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


def pot_of(world: factories.World) -> Pot:
    return Pot.objects.get(programme=world.programme, region=world.home)


def leave(world: factories.World, left: str) -> None:
    """Move money to another region until so much is free."""
    pot = pot_of(world)
    other = Pot.objects.filter(programme=world.programme).exclude(pk=pot.pk).first()
    away = balance_of(pot).free - Decimal(left)
    by = Actor.person(world.manager)
    ledger.move_money(pot, to=other, amount=away, reason="x", document=None, by=by, now=world.now)


@pytest.mark.parametrize(
    ("left", "kind", "band"),
    [
        ("0", "insight", USED_UP),
        ("3999", "insight", RESERVE),
        ("3999.99", "insight", RESERVE),
        ("4000", "insight", "More than half left"),
        ("3999", "meet_greet", "More than half left"),
        ("6999.99", "collaboration", RESERVE),
    ],
)
def test_the_band_says_what_the_award_would_find(world, left, kind, band):
    application = factories.draft(world, kind)
    leave(world, left)
    assert band_of(application)[0] == band


def test_the_band_knows_over_commitment_and_the_calls_ceiling(world):
    application = factories.draft(world)
    leave(world, "3999")
    world.programme.over_commit_factor = Decimal("1.10")
    world.programme.save()
    assert band_of(application) == ("More than half left", False)
    ceiling = PotCeiling.objects.create(pot=pot_of(world), call=world.call, amount=Decimal(3000))
    assert band_of(application) == (RESERVE, True)
    ceiling.amount = Decimal(0)
    ceiling.save()
    assert band_of(application) == (USED_UP, True)


@pytest.mark.parametrize("left", ["3999.99", "4000"])
def test_band_and_ledger_never_disagree(world, left):
    application = factories.draft(world)
    leave(world, left)
    said = band_of(application)[0] == RESERVE
    try:
        ledger.find_room(pot_of(world), Decimal(4000), call=world.call)
    except PotExhausted:
        assert said
    else:
        assert not said


@pytest.mark.parametrize("kind", ["meet_greet", "insight", "collaboration"])
@pytest.mark.parametrize("has_ceiling", [False, True])
def test_the_panel_costs_few_queries(world, kind, has_ceiling, django_assert_max_num_queries):
    started = factories.complete_draft(world, kind)
    if has_ceiling:
        PotCeiling.objects.create(pot=pot_of(world), call=world.call, amount=Decimal(30000))
    application = with_parts(Application.objects.all()).get(pk=started.pk)
    with django_assert_max_num_queries(8):
        panel_of(application, now=world.now)


def on_basis(world: factories.World, basis: str) -> Application:
    """Return a draft of a voucher that is given under another act."""
    stored = CallVoucherType.objects.get(pk=world.offers["insight"].pk)
    stored.terms["aid_basis"] = basis
    stored.save()
    application = factories.complete_draft(world)
    return with_parts(Application.objects.all()).get(pk=application.pk)


def told(application: Application, now) -> list[tuple[str, ...]]:
    """What the panel says of aid: title, used, left, limit, asked, and whether it only informs."""
    return [
        (aid.title, aid.used_words, aid.left_words, aid.limit_words, aid.asked_words, aid.act)
        for aid in panel_of(application, now=now).aids
    ]


OWN = ("De minimis headroom", "€2,500", "€297,500", "€300,000")
REGULATION = "Regulation (EU) 2023/2831"


@pytest.mark.parametrize(
    ("basis", "rooms"),
    [
        ("de_minimis", [(*OWN, "€4,000", REGULATION)]),
        (
            "gber_20a",
            [
                (
                    "Headroom in this programme",
                    "€0",
                    "€22,000",
                    "€22,000",
                    "€4,000",
                    "article 20a, Regulation (EU) 2023/1315",
                ),
                (*OWN, "€0", REGULATION),
            ],
        ),
        (
            "mfa",
            [
                (
                    "Minimal Financial Assistance left",
                    "£2,125",
                    "£312,875",
                    "£315,000",
                    "£3,400",
                    "SCA 2022, s. 36",
                )
            ],
        ),
        ("none", [(*OWN, "€0", REGULATION)]),
    ],
)
def test_the_panel_tells_the_act_of_the_voucher_and_de_minimis_beside_it(world, basis, rooms):
    world.programme.pounds_per_euro = Decimal("0.85")
    world.programme.save()
    assert told(on_basis(world, basis), world.now) == rooms


@pytest.mark.parametrize(("basis", "is_told"), [("de_minimis", 0), ("gber_20a", 1), ("none", 1)])
def test_page_and_desk_say_that_de_minimis_is_told_for_information(
    world, client, settings, basis, is_told
):
    settings.MFA_RELAXED_FOR_DEMO = True
    application = on_basis(world, basis)
    client.force_login(world.sme)
    form = client.get(f"/applications/{application.address}/about/").content.decode()
    factories.send(application, world)
    application.refresh_from_db()
    client.force_login(world.broker)
    desk = client.get(f"/admin/vouchers/application/{application}/change/").content.decode()
    assert [page.count("For information: ") for page in (form, desk)] == [is_told, is_told]
