"""Dead links: who is told, how often, and that one bad hour is no news."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from http.server import ThreadingHTTPServer
from ipaddress import ip_network

import pytest

from catalogue import actions
from catalogue.actions import websites
from catalogue.enums import LinkProblem
from catalogue.models import Record, RecordFields
from portal.models import JournalEntry, OutgoingMail
from portal.permissions import Actor
from portal.web import Reach, Trouble
from tests.catalogue import factories
from tests.catalogue.factories import IMPORTER, NOW
from tests.portal.test_web import Site

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
URL = "https://lab.test-site.eu/"


def run(answers: dict[str, LinkProblem | None], day: float = 0, **more: object) -> list[str]:
    """Look with these answers; return what was looked at."""
    seen: list[str] = []

    def look(url: str) -> LinkProblem | None:
        seen.append(url)
        return answers[url]

    websites.look_at_websites(by=Actor.clock(), now=NOW + DAY * day, look=look, **more)
    return sorted(seen)


def found() -> list[tuple]:
    return [*Record.objects.order_by("pk").values_list("link_problem", "link_failing_since")]


def mails() -> list[str]:
    return [*OutgoingMail.objects.order_by("pk").values_list("kind", flat=True)]


@pytest.fixture
def row() -> Record:
    return factories.record(website=URL, title="Hall")


def test_a_page_that_is_gone_is_a_problem_at_once(row):
    run({URL: LinkProblem.NOT_FOUND})
    assert found() == [("not_found", NOW)]
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to, mail.reply_to) == (
        "dead_link",
        [row.provider.organisation.email],
        "rhineland@brokers.example",
    )
    assert [text in mail.body for text in (URL, "this page does not exist", "/provider/")] == [
        True
    ] * 3
    entry = JournalEntry.objects.about(row).last()
    assert (entry.verb, entry.data) == ("website_fails", {"url": URL, "problem": "not_found"})


def test_other_failures_need_a_second_day(row):
    run({URL: LinkProblem.SILENT})
    assert (found(), mails()) == ([("", NOW)], [])
    assert run({URL: LinkProblem.SILENT}, day=0.5) == []
    run({URL: LinkProblem.BROKEN}, day=1)
    assert (found(), mails()) == ([("broken", NOW)], ["dead_link"])


def test_a_problem_is_told_once_and_ends_when_the_site_answers(row):
    for day in range(4):
        run({URL: LinkProblem.BROKEN}, day=day)
    assert mails() == ["dead_link"]
    run({URL: None}, day=4)
    assert (found(), mails()) == ([("", None)], ["dead_link"])
    assert JournalEntry.objects.about(row).last().verb == "website_answers"
    run({URL: LinkProblem.NOT_FOUND}, day=11)
    assert mails() == ["dead_link"] * 2


def test_one_bad_hour_is_no_news(row):
    run({URL: LinkProblem.SILENT})
    run({URL: None}, day=1)
    assert (found(), mails()) == ([("", None)], [])


def test_a_good_site_is_looked_at_once_a_week(row):
    assert [day for day in range(15) if run({URL: None}, day=day)] == [0, 7, 14]


def test_a_run_goes_on_where_the_last_one_ended():
    urls = {f"https://site{number}.eu/": None for number in range(5)}
    for url in urls:
        factories.record(website=url)
    looked = [run(urls, at_once=2) for _run in range(4)]
    assert sorted(url for one in looked for url in one) == sorted(urls)
    assert [len(one) for one in looked] == [2, 2, 1, 0]


def test_two_records_of_one_site_are_asked_about_once(row):
    factories.record(website=URL)
    assert run({URL: LinkProblem.NOT_FOUND}) == [URL]
    assert (found(), len(mails())) == ([("not_found", NOW)] * 2, 2)


def test_drafts_samples_and_records_without_a_site_are_left_alone():
    factories.record(website=URL, is_public=False)
    factories.record(website="")
    factories.record(website="https://lab.example/")
    factories.record(website="https://example.org/lab/")
    assert run({}) == []
    assert found() == [("", None)] * 4


def test_our_own_network_is_nobodys_fault():
    urls = {f"https://site{number}.eu/": LinkProblem.SILENT for number in range(6)}
    for url in urls:
        factories.record(website=url)
    run(urls)
    run(urls, day=7)
    assert (found(), mails()) == ([("", None)] * 6, [])


def test_a_new_address_is_a_new_look(row):
    run({URL: LinkProblem.NOT_FOUND})
    fields = RecordFields(title="Hall", summary="Summary", website="https://new.eu/")
    actions.revise_record(row, fields=fields, competences=[], by=IMPORTER, now=NOW)
    assert found() == [("", None)]
    assert run({"https://new.eu/": None}, day=0.1) == ["https://new.eu/"]


def test_a_look_at_the_old_address_says_nothing_about_the_new_one(row):
    websites.note_look(
        row, url="https://old.eu/", problem=LinkProblem.NOT_FOUND, by=Actor.clock(), now=NOW
    )
    assert (found(), Record.objects.get().link_checked_at) == ([("", None)], None)


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/200", None),
        ("/403", None),
        ("/429", None),
        ("/no-head", None),
        ("/404", LinkProblem.NOT_FOUND),
        ("/410", LinkProblem.NOT_FOUND),
        ("/500", LinkProblem.BROKEN),
        ("/503", LinkProblem.BROKEN),
        ("/to/http://10.0.0.1/", LinkProblem.REFUSED),
    ],
)
def test_what_a_real_server_answers(path, problem):
    look = against_local_server(path)
    assert look() == problem


def against_local_server(path: str) -> Callable[[], LinkProblem | None]:
    def look() -> LinkProblem | None:
        with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
            server.asked = []
            threading.Thread(target=partial(server.serve_forever, 0.01), daemon=True).start()
            reach = Reach([ip_network("127.0.0.0/8")], frozenset({server.server_port}))
            try:
                url = f"http://127.0.0.1:{server.server_port}{path}"
                return websites.look_at(url, reach=reach)
            finally:
                server.shutdown()

    return look


def test_the_portal_names_itself(settings):
    settings.SITE_URL = "https://portal.example"
    heard: list[str] = []

    class Listener(Site):
        def do_HEAD(self) -> None:  # noqa: N802  the library's name
            heard.append(self.headers["User-Agent"])
            self.answer()

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        server.asked = []
        threading.Thread(target=partial(server.serve_forever, 0.01), daemon=True).start()
        reach = Reach([ip_network("127.0.0.0/8")], frozenset({server.server_port}))
        websites.look_at(f"http://127.0.0.1:{server.server_port}/", reach=reach)
        server.shutdown()
    assert heard == ["Voucher portal link check (https://portal.example)"]


def test_every_trouble_has_a_sentence():
    assert all(str(LinkProblem(one).label) for one in Trouble)


def test_a_record_that_cannot_be_noted_stops_no_other(row, caplog):
    other = f"{URL}other/"
    factories.record(website=other)
    answers = {URL: "longer than a problem may be" * 5, other: LinkProblem.BROKEN}
    run(answers)
    run(answers, day=1)
    assert found() == [("", NOW), ("broken", NOW)]
    assert Record.objects.get(pk=row.pk).link_checked_at == NOW + DAY
    assert f"the website of record {row.pk} showed was not stored" in caplog.text
