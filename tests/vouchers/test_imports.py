"""Historic awards: every line a full life, all of the file or nothing."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from portal.models import Counter, Document, JournalEntry, Organisation, OutgoingMail
from portal.permissions import Actor
from tests.vouchers import history
from tests.vouchers.history import as_file, line, load, refused
from vouchers.actions.award_file import BadFile
from vouchers.actions.award_lives import path
from vouchers.actions.imports import ImportRefused, import_awards
from vouchers.models import Application, Award, Claim, Decision, LedgerEntry, balances

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def programme():
    return history.set_up()


def problems_of(*rows, content: bytes = b"") -> list[tuple[int, str]]:
    """Import, expect a refusal, and check that nothing was written."""
    before = JournalEntry.objects.count()
    with pytest.raises(ImportRefused) as refusal:
        load(content or as_file(*rows))
    assert [*Application.objects.all(), *Award.objects.all(), *Organisation.objects.all()] == []
    assert JournalEntry.objects.count() == before
    return [(problem.line, problem.text) for problem in refusal.value.problems]


def test_a_paid_voucher_is_a_full_life_at_its_own_dates():
    report = load(as_file(line(42)))

    application = Application.objects.get()
    award, claim = Award.objects.get(), Claim.objects.get()
    assert report.created == [(2, "IN2LS-1-0042")]
    assert (application.reference, application.state) == ("IN2LS-1-0042", "approved")
    assert (award.state, award.amount, award.granted_on) == (
        "completed",
        Decimal("4000.00"),
        date(2012, 10, 1),
    )
    assert (claim.state, claim.approved_amount) == ("paid", Decimal("4000.00"))
    assert [(str(line.kind), line.amount, line.at.date()) for line in award.entries.all()] == [
        ("reserve", Decimal("4000.00"), date(2012, 9, 24)),
        ("commit", Decimal("4000.00"), date(2012, 10, 1)),
        ("pay", Decimal("4000.00"), date(2013, 3, 20)),
    ]
    moves = JournalEntry.objects.filter(subject_type="vouchers.application").order_by("number")
    assert [(entry.verb, entry.after, entry.at.date(), entry.by_label) for entry in moves] == [
        ("start", "draft", date(2012, 9, 10), "test"),
        ("submit", "submitted", date(2012, 9, 10), "test"),
        ("find_eligible", "eligible", date(2012, 9, 24), "test"),
        ("approve", "approved", date(2012, 9, 24), "test"),
    ]
    decision = Decision.objects.get()
    assert decision.decided_at == decision.told_at == application.told_at
    assert decision.decided_at == datetime(2012, 9, 24, 10, tzinfo=UTC)


def test_history_sends_no_mail_and_issues_no_letter():
    load(as_file(line(1), refused(2), refused(3, outcome="withdrawn")))

    assert [*OutgoingMail.objects.all(), *Document.objects.all()] == []


@pytest.mark.parametrize(
    ("outcome", "states"),
    [
        ("reserve", ["draft", "submitted", "eligible", "reserve"]),
        ("rejected", ["draft", "submitted", "eligible", "rejected"]),
        ("ineligible", ["draft", "submitted", "ineligible"]),
        ("withdrawn", ["draft", "submitted", "withdrawn"]),
    ],
)
def test_each_outcome_takes_its_usual_path(outcome, states):
    load(as_file(refused(outcome=outcome)))

    entries = JournalEntry.objects.filter(subject_type="vouchers.application").order_by("number")
    assert [entry.after for entry in entries] == states


@pytest.mark.parametrize(
    ("ended_as", "accepted_on", "lines"),
    [
        ("declined", "", [("reserve", ""), ("release", "reserved")]),
        ("lapsed", "", [("reserve", ""), ("release", "reserved")]),
        ("lapsed", "2012-10-01", [("reserve", ""), ("commit", ""), ("release", "committed")]),
        ("cancelled", "2012-10-01", [("reserve", ""), ("commit", ""), ("release", "committed")]),
    ],
)
def test_an_award_that_ended_gives_its_money_back(ended_as, accepted_on, lines):
    row = refused(
        outcome="approved", accepted_on=accepted_on, ended_on="2013-05-15", ended_as=ended_as
    )
    load(as_file(row))

    assert Award.objects.get().state == ended_as
    entries = LedgerEntry.objects.exclude(award=None)
    assert [(str(entry.kind), str(entry.stage)) for entry in entries] == lines


def test_what_a_payment_leaves_returns_to_the_pot(programme):
    load(as_file(line(voucher_type="meet_greet", amount="500.00", paid_amount="431.20")))

    pot = programme.pots.get(region__code="NL-ENL")
    balance = balances(programme.pots.all())[pot.pk]
    assert (balance.paid, balance.released) == (Decimal("431.20"), Decimal("68.80"))
    assert balance.free == Decimal("99568.80")


def test_a_second_import_changes_nothing():
    content = as_file(line(1), refused(2), refused(3, outcome="ineligible"))
    load(content)
    written = JournalEntry.objects.count()

    report = load(content)

    assert report.created == []
    assert [line for line, _reference in report.unchanged] == [2, 3, 4]
    assert JournalEntry.objects.count() == written


def test_new_lines_join_those_that_are_there():
    load(as_file(line(1)))

    report = load(as_file(line(1), line(2)))

    assert (report.unchanged, report.created) == ([(2, "IN2LS-1-0001")], [(3, "IN2LS-1-0002")])


def test_history_is_not_rewritten():
    load(as_file(line(1)))

    with pytest.raises(ImportRefused) as refusal:
        load(as_file(line(1, paid_on="2013-03-21", title="Another one")))

    assert [problem.text for problem in refusal.value.problems] == [
        "IN2LS-1-0001 is in the portal with another title, paid_on: history stays."
    ]


def test_a_firm_is_found_by_its_identifier_else_by_name_and_country():
    load(
        as_file(
            line(1, sme_id="NL-7", sme_name="Voorbeeld BV"),
            line(2, sme_id="NL-7", sme_name="Voorbeeld Holding BV"),
            line(3, sme_name="Sjabloon BV"),
            line(4, sme_name="Sjabloon BV"),
            line(5, sme_name="Sjabloon BV", sme_country="BE"),
        )
    )

    firms = Organisation.objects.order_by("pk").values_list("name", "country", "sme_id")
    assert list(firms) == [
        ("Voorbeeld BV", "NL", "NL-7"),
        ("Sjabloon BV", "NL", ""),
        ("Sjabloon BV", "BE", ""),
    ]


def test_the_next_number_of_the_call_follows():
    load(as_file(line(42)))

    assert Counter.objects.next("application:IN2LS-1") == 43


def test_only_an_importer_brings_in_history():
    with pytest.raises(PermissionDenied):
        import_awards(as_file(line()), by=Actor.clock(), now=history.TODAY)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"programme": "NOPE"}, "programme NOPE does not exist."),
        ({"call": "LSV-1"}, "call LSV-1 does not exist in the programme."),
        ({"voucher_type": "gold"}, "voucher_type gold is not offered in the call."),
        ({"sme_region": "XX-XXX"}, "sme_region XX-XXX does not exist."),
        ({"provider_region": "XX-XXX"}, "provider_region XX-XXX does not exist."),
        ({"outcome": "maybe"}, "outcome maybe is unknown."),
        (
            {"decided_on": "24.09.2012"},
            "decided_on must be a date like 2014-05-04, not 24.09.2012.",
        ),
        ({"amount": "4.000,00"}, "amount must be an amount like 4000.00, above 0, not 4.000,00."),
        ({"amount": "-1"}, "amount must be an amount like 4000.00, above 0, not -1."),
        ({"amount": "NaN"}, "amount must be an amount like 4000.00, above 0, not NaN."),
        ({"jobs_expected": "two"}, "jobs_expected must be a whole number, not two."),
        ({"amount": "4000.01"}, "amount 4000.01 is above the 4000.00 of this voucher."),
        ({"paid_amount": "4000.01"}, "paid_amount 4000.01 is above the amount 4000.00."),
        ({"decided_on": "2012-09-09"}, "decided_on lies before submitted_on."),
        ({"accepted_on": "2012-09-23"}, "accepted_on lies before decided_on."),
        ({"paid_on": "2013-02-28"}, "paid_on lies before completed_on."),
        ({"paid_on": "2999-01-01"}, "paid_on lies in the future."),
        ({"title": ""}, "title is empty."),
        ({"title": "x" * 151}, "title is longer than 150 characters."),
        ({"sme_country": "Netherlands"}, "sme_country must be two letters like NL."),
        ({"paid_on": ""}, "paid_on and paid_amount belong together."),
        ({"outcome": "rejected"}, "Only an approved line has accepted_on."),
        (
            {"amount": "3900.00", "paid_amount": "3900.00"},
            "This voucher is worth exactly €4,000 and cannot be issued for €3,900.",
        ),
        (
            {"provider_region": "NL-ENL"},
            (
                "Choose a partner in another region: the SME and this partner are both in "
                "East Netherlands."
            ),
        ),
    ],
)
def test_a_bad_line_refuses_the_file_with_its_number_and_one_sentence(changes, sentence):
    found = problems_of(line(1), line(2, **changes), line(3))

    assert (3, sentence) in found
    assert {number for number, _text in found} == {3}


def test_every_bad_line_is_named_at_once():
    found = problems_of(line(1, title=""), line(2), line(2), line(4, ended_as="lapsed"))

    assert found == [
        (2, "title is empty."),
        (4, "reference IN2LS-1-0002 stands in line 3 already."),
        (5, "ended_on and ended_as belong together."),
        (5, "A completed award cannot have ended without completion."),
    ]


def test_an_overdrawn_pot_refuses_the_file():
    rows = [
        line(n, voucher_type="collaboration", amount="7000.00", paid_amount="7000.00")
        for n in range(1, 17)
    ]

    found = problems_of(*rows)

    # Fourteen collaborations are 98,000 of the 100,000; two are too many.
    assert [number for number, _text in found] == [16, 17]
    assert found[0][1] == (
        "The pot of East Netherlands has €2,000 left on 2012-09-24: this line needs more."
    )


def test_money_that_returned_can_be_awarded_again_on_the_same_day():
    full = [
        line(n, voucher_type="collaboration", amount="7000.00", paid_amount="7000.00")
        for n in range(1, 14)
    ]
    ended = refused(
        20,
        outcome="approved",
        voucher_type="collaboration",
        amount="7000.00",
        ended_on="2012-11-01",
        ended_as="declined",
    )
    again = line(
        14,
        voucher_type="collaboration",
        amount="7000.00",
        paid_amount="7000.00",
        decided_on="2012-11-01",
        accepted_on="2012-11-02",
    )

    report = load(as_file(*full, again, ended))

    assert len(report.created) == 15


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The header lacks: programme, call, voucher_type"),
        ("programme;call\nIN2LS;Ü".encode("latin-1"), "The file is not UTF-8"),
        (as_file(line()).replace(b"sme_id", b"smeid"), "Unknown in the header: smeid."),
        (as_file(line()).replace(b",sme_id", b",title"), "The header names a column twice."),
        (as_file(line()) + b'IN2LS,"open', "Line 3 cannot be read as CSV."),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_as_a_whole(content, sentence):
    with pytest.raises(BadFile, match=sentence):
        load(content)


def test_a_line_with_missing_cells_is_named():
    assert problems_of(content=as_file(line(1)) + b"IN2LS,IN2LS-1\r\n") == [
        (3, "The line has 2 cells, and the header has 24.")
    ]


def test_no_historic_way_leads_out_of_an_award():
    assert path("approved", "rejected") is None
    assert [arrow.name for arrow in path("ineligible", "approved") or ()] == [
        "reinstate",
        "find_eligible",
        "approve",
    ]
