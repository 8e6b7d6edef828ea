"""The page of figures and its files: who sees what, and that every address answers."""

import csv
import io
import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from portal.enums import Role
from portal.models import Programme, ProgrammeRole, Region, RegionRole, User
from tests.vouchers import history
from tests.vouchers.history import line, refused
from vouchers.actions.figures import record_published
from vouchers.models import PublishedFigure

pytestmark = pytest.mark.django_db
SINCE = datetime(2010, 1, 1, tzinfo=UTC)
FILES = ["csv", "json", "xlsx", "pdf"]
ADDRESSES = [f"/statistics/export.{kind}" for kind in FILES] + ["/statistics/applications.csv"]
ASKED = {"programme": "IN2LS", "call": ["IN2LS-1"], "as_of": "2013-12-31"}


@pytest.fixture(autouse=True)
def programme(settings) -> Programme:
    """Three awards: two from East Netherlands, one from Wallonia."""
    settings.MFA_RELAXED_FOR_DEMO = True
    programme = history.set_up()
    rows = [
        line(1),
        line(2, voucher_type="meet_greet", amount="500.00", paid_amount="431.20"),
        line(3, sme_region="BE-WAL", sme_country="BE", provider_region="NL-ENL"),
        refused(4),
        refused(5, sme_region="BE-WAL", sme_country="BE", title="=HYPERLINK(1)"),
    ]
    history.load(history.as_file(*rows))
    return programme


def person(email: str) -> User:
    return User.objects.create_user(email, "password")


@pytest.fixture
def people(programme) -> dict[str, User]:
    """Everybody who might ask."""
    found = {
        name: person(f"{name}@staff.example")
        for name in ("manager", "auditor", "broker", "finance", "sme")
    }
    for name, role in (("manager", Role.MANAGER), ("auditor", Role.AUDITOR)):
        ProgrammeRole.objects.create(
            user=found[name], programme=programme, role=role, starts_at=SINCE
        )
    region = Region.objects.get(code="NL-ENL")
    for name, role in (("broker", Role.BROKER), ("finance", Role.FINANCE)):
        RegionRole.objects.create(user=found[name], region=region, role=role, starts_at=SINCE)
    return found


@pytest.fixture
def ask(people):
    """``ask("manager", address, call="IN2LS-1")`` answers as that person's browser would see."""

    def get(name: str, address: str = "/statistics/", **query: object):
        client = Client()
        if name:
            client.force_login(people[name])
        return client.get(address, query)

    return get


def figures(response) -> dict:
    return json.loads(response.content)


@pytest.mark.parametrize("address", ["/statistics/", *ADDRESSES])
@pytest.mark.parametrize(
    ("name", "status"),
    [("manager", 200), ("auditor", 200), ("broker", 200), ("finance", 200), ("sme", 403)],
)
def test_staff_see_the_figures_and_others_do_not(ask, address, name, status):
    assert ask(name, address, programme="IN2LS").status_code == status


@pytest.mark.parametrize("address", ["/statistics/", *ADDRESSES])
def test_a_visitor_is_asked_to_sign_in(ask, address):
    response = ask("", address)

    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("account_login"))


def test_a_manager_sees_every_region(ask):
    shape = figures(ask("manager", "/statistics/export.json", **ASKED))

    assert shape["scope"] == {"programme": "IN2LS", "calls": ["IN2LS-1"], "region": None}
    assert shape["as_of"] == "2013-12-31"
    assert shape["awards"]["total"] == 3
    assert shape["awards"]["by_home_region"]["BE-WAL"] == 1
    assert shape["money"]["allocated"] == "800000.00"


@pytest.mark.parametrize("name", ["broker", "finance"])
def test_regional_staff_see_their_own_region(ask, name):
    shape = figures(ask(name, "/statistics/export.json", **ASKED))

    assert shape["scope"]["region"] == "NL-ENL"
    assert shape["awards"]["by_home_region"] == {"NL-ENL": 2}
    assert {pair["home"] for pair in shape["matrix"]} == {"NL-ENL"}
    assert shape["money"]["allocated"] == "100000.00"


@pytest.mark.parametrize("address", ["/statistics/", *ADDRESSES])
def test_another_region_is_not_there_for_regional_staff(ask, address):
    assert ask("broker", address, programme="IN2LS", region="BE-WAL").status_code == 404


def test_a_programme_of_others_is_not_there(ask):
    history.set_up(code="B4H")

    assert ask("manager", "/statistics/", programme="B4H").status_code == 404


def test_regional_files_hold_the_own_region_only(ask):
    response = ask("broker", "/statistics/applications.csv", programme="IN2LS")
    rows = list(csv.DictReader(io.StringIO(response.getvalue().decode(), newline="")))

    assert [(row["reference"], row["sme_region"]) for row in rows] == [
        ("IN2LS-1-0001", "NL-ENL"),
        ("IN2LS-1-0002", "NL-ENL"),
        ("IN2LS-1-0004", "NL-ENL"),
    ]


def test_the_page_shows_what_the_file_says(ask):
    page = ask("manager", **ASKED)

    assert page.status_code == 200
    text = page.content.decode()
    assert "As of the end of 31 December 2013" in text
    assert [figure.value for figure in page.context["key_figures"]] == [
        "3",
        "€8,500",
        "60%",
        "14 days",
    ]
    assert [(step.label, step.number) for step in page.context["funnel"]] == [
        ("Submitted", 5),
        ("Eligible", 5),
        ("Awarded", 3),
        ("Accepted", 3),
        ("Completed", 3),
        ("Paid", 3),
    ]
    assert page.context["matrix"].total.awards == 3


def test_every_drawn_number_stands_in_a_table(ask):
    page = ask("manager", **ASKED)
    text = page.content.decode()

    assert text.count("<table") >= 8
    for column in page.context["histogram"].columns:
        assert f'<th scope="row">{column.label}</th>' in text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"call": "NOPE"}, "The list has no NOPE: choose one of it."),
        ({"region": "XX"}, "The list has no XX: choose one of it."),
        ({"voucher_type": "gold"}, "The list has no gold: choose one of it."),
        ({"as_of": "yesterday"}, "Enter a day like 2014-03-26."),
        ({"as_of": "9999-12-31"}, "Enter a day from 1990 to 2199."),
    ],
)
def test_a_wrong_address_gets_one_sentence_and_loses_nothing(ask, query, sentence):
    page = ask("manager", programme="IN2LS", **query)

    assert [error for errors in page.context["form"].errors.values() for error in errors] == [
        sentence
    ]
    assert page.context.get("figures") is None
    for address in ADDRESSES:
        answer = ask("manager", address, programme="IN2LS", **query)
        assert (answer.status_code, answer.content.decode()) == (400, sentence)


def test_what_was_typed_as_a_day_stays(ask):
    page = ask("manager", programme="IN2LS", as_of="yesterday")

    assert 'type="text" name="as_of" value="yesterday"' in page.content.decode()


def test_calls_may_be_parted_by_commas(ask):
    shape = figures(ask("manager", "/statistics/export.json", call="IN2LS-2,IN2LS-1"))

    assert shape["scope"]["calls"] == ["IN2LS-1", "IN2LS-2"]


def test_csv_has_one_line_per_figure(ask):
    response = ask("manager", "/statistics/export.csv", **ASKED)
    rows = list(csv.DictReader(io.StringIO(response.getvalue().decode(), newline="")))

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert list(rows[0]) == [
        "figure",
        "programme",
        "call",
        "region",
        "voucher_type",
        "value",
        "unit",
        "as_of",
    ]
    assert next(row for row in rows if row["figure"] == "money.awarded_value") == {
        "figure": "money.awarded_value",
        "programme": "IN2LS",
        "call": "IN2LS-1",
        "region": "",
        "voucher_type": "",
        "value": "8500.00",
        "unit": "EUR",
        "as_of": "2013-12-31",
    }


def test_csv_for_excel_has_semicolons_and_decimal_commas(ask):
    response = ask("manager", "/statistics/export.csv", excel="1", **ASKED)
    content = response.getvalue()

    assert content.startswith(b"\xef\xbb\xbffigure;programme;")
    assert b"money.awarded_value;IN2LS;IN2LS-1;;;8500,00;EUR;2013-12-31" in content


def test_cells_that_look_like_formulas_are_neutralised(ask):
    response = ask("manager", "/statistics/applications.csv", programme="IN2LS")
    rows = list(csv.DictReader(io.StringIO(response.getvalue().decode(), newline="")))

    assert rows[4]["title"] == "'=HYPERLINK(1)"


def test_xlsx_says_the_same(ask):
    response = ask("manager", "/statistics/export.xlsx", **ASKED)
    book = openpyxl.load_workbook(io.BytesIO(response.content))

    assert book.sheetnames == ["Figures", "Home and host"]
    found = {row[0].value: row[5].value for row in book["Figures"].iter_rows()}
    assert (found["awards.total"], found["money.awarded_value"]) == (3, 8500)


def test_pdf_says_the_same(ask):
    response = ask("manager", "/statistics/export.pdf", **ASKED)
    reader = PdfReader(io.BytesIO(response.content))
    text = " ".join(reader.pages[0].extract_text().split())

    assert "Results of IN2LS" in text
    assert "Vouchers awarded 3" in text
    assert "€8,500" in text


def test_a_page_costs_the_same_with_few_and_with_more_rows(ask, people):
    def cost() -> int:
        with CaptureQueriesContext(connection) as statements:
            assert ask("manager", programme="IN2LS").status_code == 200
        return len(statements)

    ask("manager", programme="IN2LS")
    few = cost()
    history.load(history.as_file(*(line(n, sme_region="FR-ALS") for n in range(10, 20))))

    assert cost() == few


def test_published_figures_stand_beside_counted_ones(ask, programme):
    header = (
        "programme,calls,figure,value,unit,qualifier,sentence,is_quotation,source,source_url,"
        "published_on\n"
    )
    content = header + (
        "IN2LS,IN2LS-1,awards.total,3,count,exactly,Three were granted.,yes,Press,,2014-03-26\n"
        "IN2LS,IN2LS-1,money.awarded_value,8000.00,EUR,at most,At most 8000.,no,Press,,\n"
        "IN2LS,IN2LS-2,awards.total,9,count,exactly,Nine were granted.,no,Press,,\n"
    )
    for _time in range(2):
        record_published(content.encode(), by=history.BY, now=history.TODAY)
    assert PublishedFigure.objects.count() == 3

    page = ask("manager", **ASKED)

    shown = [
        (row.label, row.published, row.counted, row.verdict)
        for statement in page.context["published"]
        for row in statement.rows
    ]
    assert shown == [
        ("Vouchers awarded", "3", "3", "agrees"),
        ("Value awarded", "at most €8,000", "€8,500", "differs"),
    ]


def command(*args: str) -> str:
    out = StringIO()
    call_command("call_statistics", *args, stdout=out)
    return out.getvalue()


def test_the_command_says_what_the_page_says(ask):
    asked = ["--programme", "IN2LS", "--call", "IN2LS-1", "--as-of", "2013-12-31"]
    page = ask("manager", "/statistics/export.json", **ASKED)
    table = ask("manager", "/statistics/export.csv", **ASKED)

    assert json.loads(command(*asked, "--format", "json")) == figures(page)
    assert command(*asked, "--format", "csv").encode() == table.getvalue()


def test_the_command_writes_files(tmp_path):
    for kind in FILES:
        path = tmp_path / f"figures.{kind}"
        assert command("--format", kind, "--output", str(path)) == ""
        assert path.stat().st_size > 1000


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["--programme", "NOPE"], "There is no programme NOPE."),
        (["--call", "NOPE"], "There is no call NOPE."),
        (["--region", "XX"], "The programme has no region XX; it has BE-FLA, "),
        (["--as-of", "yesterday"], "yesterday is not a day like 2014-03-26"),
    ],
)
def test_the_command_refuses_what_it_does_not_know(args, sentence):
    with pytest.raises(CommandError, match=sentence):
        command(*args)


def run_import(path: Path, *args: str) -> tuple[str, str]:
    out = StringIO()
    try:
        call_command("import_awards", str(path), *args, stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "awards.csv"
    path.write_bytes(history.as_file(line(1), line(20)))
    return path


def test_import_is_a_dry_run_until_it_is_told_to_commit(file):
    dry, _error = run_import(file)
    wet, _error = run_import(file, "--commit")
    again, _error = run_import(file, "--commit")

    assert dry.splitlines() == [
        "line 2: unchanged: IN2LS-1-0001",
        "line 3: would be created: IN2LS-1-0020",
        "1 would be created, 0 updated, 1 unchanged, 0 refused",
        "Nothing was written. Add --commit to write it.",
    ]
    assert wet.splitlines()[1:] == [
        "line 3: created: IN2LS-1-0020",
        "1 created, 0 updated, 1 unchanged, 0 refused",
    ]
    assert again.splitlines()[-1] == "0 created, 0 updated, 2 unchanged, 0 refused"


def test_import_names_the_refused_lines_and_fails(tmp_path):
    path = tmp_path / "awards.csv"
    path.write_bytes(history.as_file(line(20), line(21, decided_on="soon")))

    said, error = run_import(path, "--commit")

    assert said.splitlines() == [
        "line 3: refused: decided_on must be a date like 2014-05-04, not soon."
    ]
    assert error == "Nothing was written: 1 lines refused."


def test_import_of_a_missing_file_says_so(tmp_path):
    assert run_import(tmp_path / "nowhere.csv")[1].endswith(
        "cannot be read: No such file or directory."
    )


def test_days_are_counted_until_midnight_in_the_programmes_zone(ask):
    dates = {
        day: figures(ask("manager", "/statistics/export.json", as_of=day))["awards"]["total"]
        for day in ("2012-09-23", "2012-09-24")
    }

    assert dates == {"2012-09-23": 0, "2012-09-24": 3}
