"""From an empty portal a manager sets Boost4Health 2 up at the desk alone, and an SME applies."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from portal import clock
from portal.models import Programme, User
from portal.site import demo
from tests.journeys.people import confirm_addresses, draft_of
from tests.vouchers import factories
from vouchers.models import Application, Call, Pot

MANAGER, BROKER, SME = "manager@demo.example", "broker@munster.example", "sme@cork.example"
NAME = "Boost4Health 2"
REGIONS = ("East Netherlands", "Munster")


@pytest.fixture
def office(transactional_db, settings, tmp_path):
    settings.MFA_RELAXED_FOR_DEMO = True
    settings.MEDIA_ROOT = tmp_path
    demo.load(only_setup=True, now=clock.now(), say=lambda _text: None)
    # The demo's people sign in as the tests' people do.
    for user in User.objects.all():
        user.set_password("password")
        user.save()


def fill(page, **fields: object) -> None:
    """Fill in a form by the names of its fields; choices are named as people read them."""
    for name, value in fields.items():
        field = page.locator(f"[name='{name}']")
        kind = field.evaluate("field => `${field.tagName}:${field.type}`")
        if kind.startswith("SELECT"):
            field.select_option(label=str(value))
        elif kind.endswith("checkbox"):
            field.set_checked(bool(value))
        else:
            field.fill(str(value))


def save(page) -> None:
    """Save, which must not be refused."""
    page.locator("[name=_save]").first.click()
    page.wait_for_load_state()
    assert page.locator(".errornote").all_inner_texts() == []


def row(prefix: str, number: int, **fields: object) -> dict[str, object]:
    """Name the fields of a row in a page's table."""
    return {f"{prefix}-{number}-{name}": value for name, value in fields.items()}


def add_region(desk) -> None:
    """A region that the portal did not know."""
    page = desk.open("/admin/portal/region/add/")
    fill(
        page,
        code="IE-SOU",
        name="Munster",
        slug="munster",
        country="IE",
        nuts="IE05",
        time_zone="Europe/Dublin",
        latitude="51.9",
        longitude="-8.47",
        broker_organisation="Cork BioHub",
        team_email="vouchers@munster.example",
    )
    save(page)


def add_programme(desk) -> None:
    """The programme with two regions."""
    page = desk.open("/admin/portal/programme/add/")
    starts, ends = clock.now().date() - timedelta(days=9), clock.now().date() + timedelta(days=900)
    fill(
        page,
        code="BFH-2",
        name=NAME,
        short_name=NAME,
        starts_on=starts,
        ends_on=ends,
        funders="European Regional Development Fund",
        funding_statement="Co-funded by the European Union (Interreg North-West Europe)",
        funding_number="NWE 1134",
    )
    for number, region in enumerate(REGIONS):
        if number:
            page.get_by_text("Add another Region of a programme").click()
        part = {"region": region, "partner": region, "authority": region}
        fill(page, **row("regions", number, **part, starts_on=starts, ends_on=ends))
    save(page)


def add_voucher(desk, code: str, name: str, amount: int) -> None:
    """A voucher type that pays actual costs in another country."""
    page = desk.open("/admin/vouchers/vouchertype/add/")
    fill(
        page,
        programme=NAME,
        code=code,
        short_code=code[:3].upper(),
        kind=name.split(maxsplit=1)[0],
        name=name,
        is_offered=True,
        amount_kind="Actual cost, up to the amount",
        amount=amount,
        crossing_rule="Partner in another country",
        selection="First come, first served",
        rules_text="We pay what the visit costs.",
    )
    fill(page, **row("cost_kinds", 0, code="travel", label="Travel", is_eligible=True))
    save(page)


def add_form(desk, code: str) -> None:
    """A form with a question and a cost table, published."""
    page = desk.open("/admin/vouchers/questionset/add/")
    fill(page, programme=NAME, code=code)
    page.locator("[name=_continue]").click()
    page.wait_for_load_state()
    first = {"section_title": "Your visit", "label": "Whom do you visit, and why?"}
    fill(page, **row("questions", 0, order=1, kind="Long text", is_required=True, **first))
    second = {"section_title": "Costs", "label": "What does it cost?"}
    fill(page, **row("questions", 1, order=2, kind="Cost table", is_required=True, **second))
    page.locator("[name=_continue]").click()
    page.wait_for_load_state()
    assert page.locator(".errornote").all_inner_texts() == []
    page.get_by_role("button", name="Publish this version").click()
    page.wait_for_load_state()


def add_call(desk) -> str:
    """A call with both vouchers that opens in a minute's past; return its page."""
    page = desk.open("/admin/vouchers/call/add/")
    now = clock.now()
    fill(
        page,
        programme=NAME,
        code="C1",
        name="Boost4Health 2, call 1",
        slug="boost4health-2-new",
        time_zone="UTC",
        opens_at=(now - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S"),
        closes_at=(now + timedelta(days=20)).strftime("%Y-%m-%dT%H:%M:%S"),
        decisions_by=(now + timedelta(days=60)).date(),
        text="Go and see a partner abroad.",
    )
    for number, (voucher, form) in enumerate(
        [("Support voucher", "support 1"), ("Travel voucher", "travel 1")]
    ):
        if number:
            page.get_by_text(re.compile("Add another")).first.click()
        choose = page.locator(f"[name='offers-{number}-voucher_type']")
        # The history's vouchers have the same names; the newest is ours.
        values = choose.locator("option", has_text=voucher).evaluate_all(
            "options => options.map(option => option.value)"
        )
        choose.select_option(value=max(values, key=int))
        fill(page, **row("offers", number, question_set=form))
    save(page)
    return f"/admin/vouchers/call/{Call.objects.get(slug='boost4health-2-new').pk}/change/"


def missing_on(desk, address: str) -> list[str]:
    """What the call's page still asks for."""
    page = desk.open(address)
    desk.check_access()
    return page.locator(".v-notice li").all_inner_texts()


def invite_broker(desk, visit: Callable, post) -> None:
    """The new region's broker accepts by the link in the mail."""
    page = desk.open("/admin/portal/regionrole/invite/")
    fill(page, email=BROKER, role="Access broker", region="Munster", organisation="Cork BioHub")
    page.get_by_role("button", name="Send the invitation").click()
    page.wait_for_load_state()
    body = post.collect().last(BROKER).get_body(("plain",)).get_content()
    link = re.search(r"https?://[^/]+(/\S*invitation/[\w-]+/)", body)
    assert link
    broker = visit()
    broker.open(link[1])
    broker.press("Sign up")
    fill(broker.page, password1="a long enough phrase", password2="a long enough phrase")
    broker.press("Create the account")
    broker.open(link[1])
    broker.press("Accept the role")


def give_money(desk, region: str) -> None:
    """Give a region its budget."""
    page = desk.open("/admin/vouchers/pot/")
    page.get_by_role("link", name="Give a region money").click()
    page.wait_for_load_state()
    desk.check_access()
    fill(page, programme=NAME, region=region, amount="50000", reason="Budget of the programme")
    page.get_by_role("button", name="Allocate").click()
    page.wait_for_load_state()
    assert "50,000" in page.locator("body").inner_text()


def publish(desk, address: str) -> None:
    """Publish the call; it opens by its instants."""
    page = desk.open(address)
    page.get_by_role("button", name="Publish the call").click()
    page.wait_for_load_state()


def answer(sme, address: str) -> None:
    """Say everything that the form asks, in the words of the manager's questions too."""
    page = sme.page
    sme.open(f"{address}organisation/")
    page.select_option("[name=year]", index=1)
    fill(page, headcount="9", turnover="700,000", balance_sheet="500,000")
    page.get_by_label("Life sciences").check()
    sme.press("Save and continue")
    sme.open(f"{address}hosts/")
    fill(page, name="Twente Laboratory", region="East Netherlands", contact_name="Jan")
    fill(page, contact_email="jan@twente.example")
    sme.press("Add this partner")
    sme.open(f"{address}aid/")
    page.locator("[name=is_export_tied]").last.check()
    page.check("[name=none]")
    sme.press("Save and continue")
    sme.open(f"{address}about/")
    fill(page, title="A visit to Twente")
    page.get_by_label("Technology").check()
    sme.press("Save and continue")
    sme.open(address)
    page.get_by_role("link", name="Your visit").click()
    page.wait_for_load_state()
    sme.check_access()
    page.get_by_label("Whom do you visit, and why?").fill("A laboratory in Twente.")
    sme.press("Save and continue")
    sme.open(f"{address}costs/")
    sme.check_access()
    page.fill("[name=cost-1-item]", "Flight and hotel")
    page.select_option("[name=cost-1-kind]", label="Travel")
    page.fill("[name=cost-1-amount]", "640")
    page.fill("[name=amount]", "640")
    sme.press("Save and continue")


def apply(sme) -> Application:
    """An SME of the new region applies for the travel voucher and sends it."""
    page = sme.open("/applications/start/")
    sme.check_access()
    page.locator("a[href*='boost4health-2-new/travel']").click()
    sme.press("Start the application")
    address = draft_of(page).removeprefix(sme.base)
    answer(sme, address)
    sme.open(f"{address}check/")
    sme.check_access()
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    sme.press("Send")
    return Application.objects.get(call__slug="boost4health-2-new")


def test_a_programme_is_set_up_without_a_developer(office, visit, post):
    desk = visit(MANAGER)
    add_region(desk)
    add_programme(desk)
    for code, name, amount in (
        ("support", "Support voucher", 5000),
        ("travel", "Travel voucher", 1000),
    ):
        add_voucher(desk, code, name, amount)
        add_form(desk, code)
    address = add_call(desk)
    assert missing_on(desk, address) == [
        "East Netherlands has no pot.",
        "Munster has no pot.",
        "Munster has no access broker.",
    ]
    invite_broker(desk, visit, post)
    for region in REGIONS:
        give_money(desk, region)
    assert missing_on(desk, address) == []
    publish(desk, address)

    programme = Programme.objects.get(name=NAME)
    assert Pot.objects.filter(programme=programme).count() == 2
    munster = programme.regions.get(region__name="Munster").region
    firm_person = factories.make_person(SME)
    confirm_addresses()
    factories.make_firm(munster, firm_person, name="Cork Peptides Ltd")
    sme = visit(SME)
    application = apply(sme)
    assert (application.home_region, application.state) == (munster, "submitted")
    assert application.reference == "C1-0001"
    assert application.answers.get().value == "A laboratory in Twente."
    assert application in Application.objects.for_desk(User.objects.get(email=BROKER))
    post.collect()
    assert [application.reference in subject for subject in post.to(SME)] == [False, True]
    # Its broker reads of it in the digest, and nobody writes to a mailbox that many read.
    assert post.to("vouchers@munster.example") == []
