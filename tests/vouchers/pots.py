"""A small pot and many wishes for its money, and what it must say: told line by line."""

from decimal import Decimal

from portal.models import Document
from portal.money import ZERO
from portal.permissions import Actor
from tests.vouchers import factories, lives
from vouchers.actions import awards, claim_drafts, claims, ledger, vouchers
from vouchers.enums import Side
from vouchers.models import Application, Award, Claim, balance_of

# Few euros beside many wishes: a pot is often empty, and a wish is sometimes above its own cap.
START = Decimal("5200.00")
WISHES = (
    "500.00",
    "420.17",
    "333.33",
    "57.50",
    "499.99",
    "100.01",
    "212.34",
    "480.00",
    "300.05",
    "280.80",
)
NAMES = ("allocated", "reserved", "committed", "paid", "free")
# What a line takes from one place and puts into another, as the people of a programme say it.
WAYS: dict[tuple[str, str], tuple[str, str]] = {
    ("allocate", ""): ("", "allocated"),
    ("move", ""): ("allocated", ""),
    ("reserve", ""): ("", "reserved"),
    ("commit", ""): ("reserved", "committed"),
    ("pay", ""): ("committed", "paid"),
    ("recover", ""): ("paid", ""),
    ("release", "reserved"): ("reserved", ""),
    ("release", "committed"): ("committed", ""),
}


def expected(lines: list[dict], key: str = "pot") -> dict[int, dict[str, Decimal]]:
    """What each pot, or each award, must say: told line by line, without the ledger's own sums."""
    found: dict[int, dict[str, Decimal]] = {}
    for line in lines:
        source, target = WAYS[line["kind"], line["stage"]]
        for where, name, sign in (
            (line[key], source, -1),
            (line[key], target, 1),
            (line["to_pot"], "allocated" if line["to_pot"] else "", 1),
        ):
            if name:
                held = found.setdefault(where, dict.fromkeys(NAMES, ZERO))
                held[name] += sign * line["amount"]
    for held in found.values():
        held["free"] = held["allocated"] - held["reserved"] - held["committed"] - held["paid"]
    return found


def holder(award: Award) -> Actor:
    return Actor.person(award.application.organisation.memberships.get().user)


def write_claim(award: Award, amount: Decimal, *, by: Actor, now) -> Claim:
    """Write a claim that can be filed: a report, or one receipt over the amount in EUR."""
    claim = claims.start(award, by=by, now=now)
    said = {"report": "We met.", "iban": lives.IBAN, "account_holder": "B"}
    claim_drafts.fill(claim, **said, by=by, now=now)
    if claims.asks_for_vat(award):
        claim_drafts.say_vat(claim, deducts_vat=True, by=by, now=now)
    if not award.application.terms.is_lump_sum:
        papers = {"receipt": lives.checked(), "proof_of_payment": lives.checked("bank.pdf")}
        line = lives.line(award, amount=amount)
        claim_drafts.add_line(claim, line=line, **papers, by=by, now=now)
    return claim


def wishes_for_money(made: factories.World) -> None:
    """Bring thirteen wishes to the desk; who was made first was complete last."""
    offer = made.offers["insight"]
    offer.holds_letters = True
    offer.save()
    broker = Actor.person(made.broker)
    for number, wish in enumerate([*WISHES, "insight", "insight", "insight"]):
        kind, amount = ("insight", None) if wish == "insight" else ("meet_greet", Decimal(wish))
        firm = factories.another_sme(made)
        row = factories.complete_draft(made, kind, by=firm, amount=amount)
        lives.later(made, minutes=-number)
        factories.send(row, made, by=firm)
        lives.later(made, minutes=number)
        factories.applications.find_eligible(row, by=broker, now=made.now)
    begin_lives(made)
    leave(made)
    Document.objects.create(
        kind="board",
        number="BOARD-1",
        programme=made.programme,
        subject_type="portal.programme",
        subject_id=made.programme.pk,
        facts={},
        content_hash="0" * 64,
        issued_at=made.now,
    )


def begin_lives(world: factories.World) -> None:
    """Bring one wish to an offer, one to acceptance, one to a claim, and one to an approval."""
    rows = Application.objects.filter(needs_host_signature=False).order_by("pk")[:4]
    broker, now = Actor.person(world.broker), world.now
    for step, row in enumerate(rows):
        award = awards.sign(row, side=Side.HOME, amount=row.amount, by=broker, now=now)
        award = Award.objects.get(pk=award.pk)
        by = holder(award)
        if step > 0:
            vouchers.accept(award, signatory_name="A", signatory_role="B", by=by, now=now)
        if step > 1:
            claim = write_claim(award, Decimal("90.09"), by=by, now=now)
            claims.file(claim, by=by, now=now)
        if step > 2:
            claims.approve(claim, eligible={}, by=broker, now=now)


def leave(world: factories.World) -> None:
    pot, other = world.pots["NL-ENL"], world.pots["BE-WAL"]
    away = {"amount": balance_of(pot).free - START, "reason": "", "document": None}
    ledger.move_money(pot, to=other, **away, by=factories.SET_UP, now=world.now)
