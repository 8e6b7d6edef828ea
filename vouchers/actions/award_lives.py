"""One line of historic awards as a life: the same moves and ledger lines, at the old dates."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from portal.models import Region
from portal.permissions import Actor
from portal.workflow import Transition, hold, move, record
from vouchers.actions import awards, ledger
from vouchers.actions.award_file import Row
from vouchers.actions.award_parties import Parties
from vouchers.cases import promise_of
from vouchers.enums import (
    DECIDED,
    ApplicationState,
    AwardState,
    EndReason,
)
from vouchers.models import (
    Application,
    Award,
    CallVoucherType,
    Claim,
    Decision,
    Host,
    Pot,
)
from vouchers.rules.deadlines import award_calendar
from vouchers.rules.deminimis import rule_set
from vouchers.rules.periods import NoRuleInForce
from vouchers.statistics.lives import PASSED
from vouchers.workflow import APPLICATION, AWARD, CLAIM

MIDDAY = time(12)
ENDS = {
    AwardState.DECLINED: AWARD.DECLINE,
    AwardState.LAPSED: AWARD.LAPSE,
    AwardState.CANCELLED: AWARD.CANCEL,
    AwardState.REVOKED: AWARD.REVOKE,
}


class NoWay(Exception):
    """No historic arrows lead from one state to the other; the message is for the report."""


@dataclass(frozen=True, slots=True)
class Step:
    """What happens on a day of a life; `frees` and `needs` say what it does to the pot."""

    day: date
    do: Callable[[datetime], None]
    frees: bool = False
    needs: bool = False


@cache
def path(start: str, goal: str) -> tuple[Transition, ...] | None:
    """Return the shortest way by historic arrows of an application."""
    ways: dict[str, tuple[Transition, ...]] = {start: ()}
    waiting = [start]
    for state in waiting:
        for arrow in APPLICATION:
            if arrow.historic and state in arrow.sources and arrow.target not in ways:
                ways[arrow.target] = (*ways[state], arrow)
                waiting.append(arrow.target)
    return ways.get(goal)


class Life:
    """What becomes of one line; its steps are taken in the order of their days."""

    def __init__(
        self,
        row: Row,
        *,
        offer: CallVoucherType,
        home: Region,
        pot: Pot | None,
        parties: Parties,
        by: Actor,
    ) -> None:
        """Remember what the steps need; `pot` is the home region's."""
        self.row = row
        self.by = by
        self._offer = offer
        self._home = home
        self._pot = pot
        self._parties = parties
        self._application: Application
        self._award: Award
        self._claim: Claim
        self._decision: Decision | None = None

    def instant(self, day: date) -> datetime:
        """Return midday of the day in the home region."""
        return datetime.combine(day, MIDDAY, tzinfo=ZoneInfo(self._home.time_zone))

    def steps(self) -> Iterator[Step]:
        """Yield the steps in order."""
        days = self.row.days
        if day := days["submitted_on"]:
            yield Step(day, self._submit)
        for day, state in self._states():
            yield Step(day, partial(self._reach, state), needs=state == ApplicationState.APPROVED)
        for name, do in (
            ("accepted_on", self._accept),
            ("completed_on", self._complete),
            ("paid_on", self._pay),
            ("ended_on", self._end),
        ):
            if day := days[name]:
                moves_money = name in {"paid_on", "ended_on"}
                yield Step(day, do, frees=moves_money, needs=moves_money)

    def _states(self) -> list[tuple[date, str]]:
        """The states that the application reaches after submission, by day."""
        row, decided = self.row, self.row.days["decided_on"]
        if row.names_passed_states:
            found = [(row.days[column], str(state)) for state, column in PASSED.items()]
            if row.is_approved:
                found.append((decided, row.outcome))
            return sorted(((d, s) for d, s in found if d), key=lambda pair: pair[0])
        if decided is None or not row.outcome:
            return []
        if row.outcome in {ApplicationState.INELIGIBLE, ApplicationState.WITHDRAWN}:
            return [(decided, row.outcome)]
        return [(decided, ApplicationState.ELIGIBLE), (decided, row.outcome)]

    def _submit(self, now: datetime) -> None:
        row, offer = self.row, self._offer
        firm = self._parties.firm(row, now)
        self._application = Application.objects.create(
            key=secrets.token_hex(8),
            call=offer.call,
            voucher_type=offer.voucher_type,
            offer=offer,
            organisation=firm.organisation,
            undertaking=firm.undertaking,
            home_region=self._home,
            host_region=row.host,
            needs_host_signature=offer.terms_in(self._home).needs_host_signature,
            title=row.text["title"],
            amount=row.amounts["amount"],
            rules_version=_rules_of(now.date()),
            started_at=now,
            saved_at=now,
        )
        hold(self._application)
        self._name_host()
        chain = self._application.journal_chain
        record(self._application, "start", by=self.by, now=now, chain=chain, after="draft")
        move(
            self._application,
            APPLICATION.SUBMIT,
            by=self.by,
            now=now,
            also=lambda _row: {
                "reference": row.reference,
                "submitted_at": now,
                "first_submitted_at": now,
                "complete_at": now,
            },
            reference=row.reference,
        )

    def _name_host(self) -> None:
        row = self.row
        name = row.text["provider_name"]
        if not name:
            return
        Host.objects.create(
            application=self._application,
            record=self._parties.record_of(name),
            name=name,
            country=row.text["provider_country"],
            region=row.host,
        )

    def _reach(self, state: str, now: datetime) -> None:
        arrows = path(self._application.state, state)
        if arrows is None:
            raise NoWay(
                _("No way leads from %(one)s to %(other)s.")
                % {"one": self._application.state, "other": state}
            )
        for arrow in arrows:
            self._take(arrow, now)

    def _take(self, arrow: Transition, now: datetime) -> None:
        decided = arrow.target in DECIDED
        told = self._told(now) if decided else None
        move(
            self._application,
            arrow,
            by=self.by,
            now=now,
            also=lambda _row: self._dates(arrow, told, now),
            **self._amount(arrow),
        )
        if decided:
            self._decide(arrow.target, told, now)
        if arrow is APPLICATION.APPROVE:
            self._offer_award(now)

    def _amount(self, arrow: Transition) -> dict[str, Any]:
        return {"amount": self.row.amounts["amount"]} if arrow is APPLICATION.APPROVE else {}

    def _dates(self, arrow: Transition, told: datetime | None, now: datetime) -> dict[str, Any]:
        due_on = None if self.row.outcome else promise_of(self._application).due_on(now=now)
        if arrow.target in DECIDED:
            return {"due_on": due_on, "decided_at": now, "told_at": told}
        if arrow is APPLICATION.REINSTATE:
            return {"due_on": due_on, "decided_at": None, "told_at": None}
        return {"due_on": due_on}

    def _told(self, now: datetime) -> datetime | None:
        """When the applicant heard: on the day that the file names, else with the decision."""
        if self._decision is None and "told_on" in self.row.text:
            day = self.row.days["told_on"]
            return self.instant(day) if day else None
        return now

    def _decide(self, outcome: str, told: datetime | None, now: datetime) -> None:
        if self._decision:
            self._decision.replaced_at = now
            self._decision.save(update_fields=["replaced_at"])
        self._decision = decision = Decision.objects.create(
            application=self._application, outcome=outcome, decided_at=now, told_at=told
        )
        if told:
            record(
                decision,
                "tell",
                by=self.by,
                now=told,
                chain=self._application.journal_chain,
                application=self._application.pk,
                outcome=outcome,
            )

    def _offer_award(self, now: datetime) -> None:
        amount = self.row.amounts["amount"]
        if self._pot is None or amount is None:
            raise NoWay(_("An award needs an amount and the home region's pot."))
        room = ledger.find_room(self._pot, amount, call=self._application.call)
        self._award = awards.make_award(self._application, room, by=self.by, now=now)
        expected = self.row.numbers["jobs_expected"]
        if expected is not None:
            self._award.jobs_expected = expected
            self._award.save(update_fields=["jobs_expected"])
            self._record_jobs("expect_jobs", expected, now)

    def _record_jobs(self, verb: str, jobs: int, now: datetime) -> None:
        chain = self._application.journal_chain
        record(self._award, verb, by=self.by, now=now, chain=chain, jobs=jobs)

    def _accept(self, now: datetime) -> None:
        terms = self._offer.terms_in(self._home)
        award = self._award
        calendar = award_calendar(
            now.date(),
            validity_months=terms.validity_months,
            claim_days=terms.claim_days,
        )
        dates = {
            "accepted_at": now,
            "granted_on": award.granted_on or now.date(),
            "granted_zone": award.granted_zone or self._home.time_zone,
            "starts_on": calendar.starts_on,
            "ends_on": calendar.ends_on,
            "claim_by": datetime.combine(calendar.claim_by, time(17), tzinfo=now.tzinfo),
        }
        move(award, AWARD.ACCEPT, by=self.by, now=now, also=lambda _row: dates, amount=award.amount)
        ledger.commit(award, by=self.by, now=now)

    def _complete(self, now: datetime) -> None:
        award = self._award
        payable = self.row.amounts["paid_amount"] or award.amount
        self._claim = hold(Claim.objects.create(award=award, started_at=now))
        move(self._claim, CLAIM.FILE, by=self.by, now=now, also=lambda _row: {"filed_at": now})
        approval = {"approved_at": now, "approved_amount": payable}
        move(self._claim, CLAIM.APPROVE, by=self.by, now=now, also=lambda _row: approval)
        realised = self.row.numbers["jobs_realised"]
        report = {"completed_at": now, "jobs_realised": realised}
        move(award, AWARD.COMPLETE, by=self.by, now=now, also=lambda _row: report)
        if realised is not None:
            self._record_jobs("report_jobs", realised, now)

    def _pay(self, now: datetime) -> None:
        amount = self.row.amounts["paid_amount"] or self._award.amount
        move(
            self._claim,
            CLAIM.PAY,
            by=self.by,
            now=now,
            also=lambda _row: {"paid_at": now},
            amount=amount,
        )
        ledger.pay(self._award, amount=amount, by=self.by, now=now)
        ledger.release_rest(self._award, reason="", by=self.by, now=now)

    def _end(self, now: datetime) -> None:
        state = AwardState(self.row.text["ended_as"])
        reason = self._end_reason(state)
        move(
            self._award,
            ENDS[state],
            by=self.by,
            now=now,
            also=lambda _row: {"ended_at": now, "ended_as": reason},
            ended_as=reason,
        )
        ledger.release_rest(self._award, reason=str(reason.label), by=self.by, now=now)
        if recovered := self.row.amounts["recovered_amount"]:
            ledger.recover(self._award, amount=recovered, reason="", by=self.by, now=now)

    def _end_reason(self, state: AwardState) -> EndReason:
        if state == AwardState.LAPSED:
            return EndReason.NOT_USED if self.row.text["accepted_on"] else EndReason.NO_ANSWER
        return EndReason(state)


def _rules_of(day: date) -> str:
    try:
        return rule_set(day).regulation
    except NoRuleInForce:
        return ""
