"""One function for each row of the table: what it costs now."""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.db import connection

from catalogue.search import Criteria, find
from portal import clock
from portal.enums import Role
from portal.models import Region, RegionRole, User
from portal.permissions import Actor
from portal.site.demo.people import DOMAIN
from tests.load.host import Answer, Server
from vouchers.actions.drafts import DECLARATIONS
from vouchers.actions.forecast import Forecast, rows_for
from vouchers.enums import ApplicationState, ConsentState, QuestionKind, RejectReason
from vouchers.models import Application, Question

QUEUE = "/admin/vouchers/application/"
LAST_PAGE = "?tab=to-decide&before=_999999999999999999"
TIMES = 7
MANY = 100
WARM = 2

Cost = dict[str, Any]
Row = Callable[[Server], Cost]


def best(ask: Callable[[], Answer], *, status: int = 200, times: int = TIMES) -> Cost:
    """Ask several times and return the cheapest: what else the machine does only adds."""
    costs = []
    for _time in range(WARM + times):
        answer = ask()
        if answer.status != status:
            raise RuntimeError(f"{answer.status} instead of {status}, {answer.location}")
        costs.append(dict(answer.cost))
    return min(costs[WARM:], key=lambda cost: cost["cpu"])


def somebody(name: str) -> User:
    """Return a person of the demo."""
    return User.objects.get(email=f"{name}@{DOMAIN}")


def start(server: Server) -> Cost:
    """From the command to the first answer."""
    return {"seconds": server.seconds_to_start, "cpu": server.cpu_to_start * 1000}


def home(server: Server) -> Cost:
    """The public home page."""
    return best(lambda: server.get("/"))


def queue_first(server: Server) -> Cost:
    """The staff list of somebody who sees all regions."""
    return best(lambda: server.get(QUEUE, somebody("manager")))


def queue_last(server: Server) -> Cost:
    """Its last page."""
    return best(lambda: server.get(QUEUE + LAST_PAGE, somebody("manager")))


def queue_filtered(server: Server) -> Cost:
    """The list with a status filter and a search over text."""
    query = urlencode({"state": ApplicationState.SUBMITTED, "q": "serum"})
    return best(lambda: server.get(f"{QUEUE}?{query}", somebody("manager")))


def desk(server: Server) -> Cost:
    """One application at its broker's desk."""
    broker = somebody("broker.nl-enl")
    rows = Application.objects.for_desk(broker).filter(state=ApplicationState.SUBMITTED)
    row = rows.filter(home_region__code="NL-ENL").earliest("pk")
    return best(lambda: server.get(f"{QUEUE}{row.reference}/change/", broker))


def bulk_preview(server: Server) -> Cost:
    """What a verb would do to a hundred applications."""
    person = _everywhere()
    picks = urlencode([("pick", row.pk) for row in _submitted(person)])
    return best(lambda: server.get(f"{QUEUE}bulk/?verb=find_eligible&{picks}", person))


def bulk_reject(server: Server) -> Cost:
    """A hundred rejections at once, each with its letter; once, for it uses them up."""
    person = _everywhere()
    by = Actor.person(person)
    forecast = Forecast(
        rows_for(person, [row.pk for row in _submitted(person)]), by=by, now=clock.now()
    )
    marks = [(one.application.pk, one.mark) for one in forecast.outcomes(forecast.reject)]
    said = [
        ("verb", "reject"),
        ("reason", RejectReason.QUALITY),
        ("message", "Others were better."),
    ]
    body = urlencode([*said, *(("mark", f"{pk}:{mark}") for pk, mark in marks)])
    answer = server.post(f"{QUEUE}bulk/", body, person)
    left = Application.objects.filter(pk__in=dict(marks)).exclude(state=ApplicationState.REJECTED)
    if left.exists() or len(marks) != MANY:
        raise RuntimeError(f"{left.count()} of {len(marks)} were not rejected.")
    return {"seconds": answer.cost["wall"] / 1000, "cpu": answer.cost["cpu"]}


def _submitted(person: User) -> list[Application]:
    rows = Application.objects.for_desk(person).filter(state=ApplicationState.SUBMITTED)
    return list(rows.only("pk").order_by("pk")[:MANY])


def _everywhere() -> User:
    """Return a broker of every region, so that a hundred can be chosen in a small portal too."""
    person, is_new = User.objects.get_or_create(email=f"everywhere@{DOMAIN}")
    if is_new:
        RegionRole.objects.bulk_create(
            RegionRole(user=person, region=region, role=Role.BROKER, starts_at=clock.now())
            for region in Region.objects.all()
        )
    return person


def submit(server: Server) -> Cost:
    """An SME sends a draft; its mails and its PDF follow later."""
    drafts = _drafts()
    declared = urlencode(dict.fromkeys(DECLARATIONS, "on"))

    def send() -> Answer:
        draft = next(drafts)
        return server.post(f"/applications/{draft.address}/check/", declared, draft.started_by)

    return best(send, status=302, times=5)


def autosave(server: Server) -> Cost:
    """An SME types on in a long answer."""
    draft, question, address = _being_written()
    texts = (" ".join(["We do not know how long it survives."] * n) for n in itertools.count(1))

    def type_on() -> Answer:
        typed = urlencode({question.key: next(texts)})
        return server.post(address, typed, draft.started_by, headers={"X-Autosave": "1"})

    return best(type_on)


def panel(server: Server) -> Cost:
    """The page that this answer stands on, with the checks beside it."""
    draft, _question, address = _being_written()
    return best(lambda: server.get(address, draft.started_by))


def _being_written() -> tuple[Application, Question, str]:
    rows = Application.objects.filter(state=ApplicationState.DRAFT, reference=None)
    draft = rows.select_related("started_by").latest("pk")
    asked = Question.objects.filter(question_set=draft.question_set_id, max_length__gt=500)
    question = asked.filter(kind=QuestionKind.LONG_TEXT).earliest("order")
    return draft, question, f"/applications/{draft.address}/{question.section}/"


def _drafts() -> Iterator[Any]:
    """Yield drafts that want nothing more than to be sent."""
    rows = Application.objects.filter(
        state=ApplicationState.DRAFT, hosts__consents__state=ConsentState.GIVEN
    )
    yield from rows.select_related("started_by").order_by("pk")


def csv(server: Server) -> Cost:
    """All applications as a file."""
    server.forget_peak()
    cost = best(
        lambda: server.get("/statistics/applications.csv?programme=LSV", somebody("manager")),
        times=1,
    )
    return {**cost, "seconds": cost["wall"] / 1000, "memory": server.memory("VmHWM")}


def statistics(server: Server) -> Cost:
    """The page of figures, nothing kept from before."""
    return best(lambda: server.get("/statistics/?programme=LSV", somebody("manager")), times=3)


def dashboard(server: Server) -> Cost:
    """What waits for a broker."""
    return best(lambda: server.get("/dashboard/", somebody("broker.nl-enl")))


def dashboard_of_all(server: Server) -> Cost:
    """What waits for the manager, over all regions."""
    return best(lambda: server.get("/dashboard/", somebody("manager")))


def catalogue(server: Server) -> Cost:
    """Two words and two facets, with the counts of all facets; beside its statements alone."""
    words, chosen = "peptide stability", {"kind": "facility", "access": "remote"}
    cost = best(lambda: server.get(f"/catalogue/?{urlencode({'q': words, **chosen})}"))
    criteria = Criteria(words, {name: (value,) for name, value in chosen.items()})
    straight = min(_straight(criteria) for _time in range(TIMES))
    return {
        **cost,
        "milliseconds": cost["wall"],
        "straight": straight,
        "ratio": cost["wall"] / straight,
    }


def _straight(criteria: Criteria) -> float:
    """Return the ms that the search's own statements take when psycopg2 alone sends them."""
    statements: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, *more: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, *more)

    with connection.execute_wrapper(note):
        find(criteria, now=clock.now())
    with connection.connection.cursor() as cursor:
        begun = time.perf_counter()
        cursor.execute("BEGIN")
        for sql, params in statements:
            cursor.execute(sql, params)
            cursor.fetchall()
        cursor.execute("COMMIT")
        return (time.perf_counter() - begun) * 1000


def memory(server: Server) -> Cost:
    """The worker after all pages; what it gave back to the system does not count."""
    with suppress(OSError):
        return {"memory": server.memory()}
    return {}


ROWS: tuple[Row, ...] = (
    start,
    home,
    queue_first,
    queue_last,
    queue_filtered,
    desk,
    bulk_preview,
    bulk_reject,
    submit,
    autosave,
    panel,
    statistics,
    dashboard,
    dashboard_of_all,
    catalogue,
    csv,
    memory,
)
