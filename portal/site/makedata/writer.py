"""Write a batch of invented applications with everything that their lives left behind."""

from collections.abc import Sequence
from random import Random

from portal.permissions import Actor
from portal.site.makedata import answers, awards, decisions
from portal.site.makedata.answers import Written
from portal.site.makedata.money import Numbers, amount_of
from portal.site.makedata.plans import DAY, Life
from portal.site.makedata.stage import Stage
from portal.site.makedata.words import title
from portal.workflow import record
from vouchers.cases import promise_of
from vouchers.enums import DECIDED, ApplicationState, Bottleneck, Sector
from vouchers.models import Application
from vouchers.rules import sme
from vouchers.rules.deminimis import rule_set
from vouchers.rules.sme import Figures

S = ApplicationState
VERBS = {
    S.SUBMITTED: "submit",
    S.RETURNED: "send_back",
    S.ELIGIBLE: "find_eligible",
    S.INELIGIBLE: "find_ineligible",
    S.WITHDRAWN: "withdraw",
    S.IN_ASSESSMENT: "assign",
    S.RECOMMENDED: "recommend",
    S.NOT_RECOMMENDED: "not_recommend",
    S.APPROVED: "approve",
    S.RESERVE: "reserve",
    S.REJECTED: "reject",
}


def write(stage: Stage, lives: Sequence[Life], numbers: Numbers, rng: Random) -> None:
    """Write a batch; the caller is an action."""
    rows = Application.objects.bulk_create(_row(stage, life, numbers, rng) for life in lives)
    written = [Written(life, row) for life, row in zip(lives, rows, strict=True)]
    answers.write(stage, written, rng)
    for one in written:
        _journal(stage, one)
    decisions.write(stage, written)
    awards.write(stage, [one for one in written if one.life.way.award], numbers)
    numbers.keep()


def _row(stage: Stage, life: Life, numbers: Numbers, rng: Random) -> Application:
    firm, voucher_type = life.firm, life.offer.row.voucher_type
    row = Application(
        key=f"{rng.getrandbits(64):016x}",
        call=stage.call,
        voucher_type=voucher_type,
        offer=life.offer.row,
        question_set_id=life.offer.row.question_set_id,
        organisation=firm.organisation,
        undertaking=firm.undertaking,
        home_region=firm.region,
        state=life.state,
        title=title(rng),
        sector=rng.choice(Sector.values),
        bottleneck=rng.choice(Bottleneck.values),
        amount=amount_of(life),
        aid_declared_at=life.at[0],
        figures_year=firm.figures.year,
        sme_class=sme.classify(_figures(life), on=life.at[0].date()),
        started_at=life.at[0],
        started_by=firm.owner,
        saved_at=life.at[0],
    )
    if submitted_at := life.when(S.SUBMITTED):
        row.reference = numbers.application()
        row.submitted_at = row.first_submitted_at = row.complete_at = submitted_at
        row.host_region = life.host
        row.rules_version = rule_set(submitted_at.date()).regulation
        row.due_on = promise_of(row, asked=()).due_on(now=submitted_at)
    if life.state == S.RETURNED:
        row.answer_by = life.last + 14 * DAY
    if life.state in DECIDED:
        row.decided_at = life.last
        row.told_at = decisions.told_at(life)
    return row


def _figures(life: Life) -> Figures:
    row = life.firm.figures
    return Figures(
        year=row.year,
        headcount=row.headcount,
        turnover=row.turnover,
        balance_sheet=row.balance_sheet,
    )


def _journal(stage: Stage, one: Written) -> None:
    row, life = one.row, one.life
    owner = Actor.person(life.firm.owner)
    chain = row.journal_chain
    record(row, "start", by=owner, now=life.at[0], chain=chain, after=S.DRAFT)
    for state, at in zip(life.way.states[1:], life.at[1:], strict=True):
        by = owner if state in {S.SUBMITTED, S.WITHDRAWN} else decisions.broker(stage, one)
        record(row, VERBS[S(state)], by=by, now=at, chain=chain, after=state)
        if state == S.SUBMITTED:
            answers.journal(one, by=owner, now=at)
