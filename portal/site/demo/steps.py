"""What may happen to an application of the demo: each step calls the real action."""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from io import BytesIO

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from catalogue.models import Record
from portal import uploads
from portal.models import Organisation, User
from portal.permissions import Actor
from portal.site.demo import people
from portal.site.demo.life import DAY, Life
from portal.site.demo.plan import Step
from vouchers.actions import (
    applications,
    assessments,
    awards,
    claim_drafts,
    claims,
    conflicts,
    consents,
    draft_rows,
    drafts,
    vouchers,
)
from vouchers.actions.consents import Confirmation
from vouchers.actions.draft_rows import CostFields
from vouchers.cases import price_verdict
from vouchers.enums import EndReason, PartyRole, RejectReason, ReturnKind, Side
from vouchers.models import Award, CallVoucherType, Claim
from vouchers.permissions import PARTNER
from vouchers.rules import milestones
from vouchers.rules.milestones import Milestone
from vouchers.rules.sme import Figures


@cache
def _paper(title: str) -> bytes:
    """Return a one-page PDF that stands for a quote or receipt; another title, another file."""
    pdf, out = pikepdf.new(), BytesIO()
    pdf.add_blank_page()
    pdf.docinfo["/Title"] = title
    pdf.save(out)
    return out.getvalue()


def _file(name: str, title: str = "") -> uploads.Checked:
    paper = _paper(title or name)
    return uploads.check(SimpleUploadedFile(name, paper, content_type="application/pdf"))


def _start(life: Life, sme: dict[str, str]) -> None:
    offer = CallVoucherType.objects.get(call=life.call, voucher_type__code=life.row["voucher_type"])
    user = life.sme.user
    firm = Organisation.objects.of(user).get() if user else None
    if firm is None or firm.region is None:
        raise LookupError(sme["name"])
    life.application = applications.start(
        offer, organisation=firm, home_region=firm.region, by=life.sme, now=life.at
    )
    by, now = life.sme, life.at
    drafts.set_basics(
        life.it,
        values={"title": life.row["title"], "bottleneck": life.row["bottleneck"]},
        by=by,
        now=now,
    )
    figures = Figures(
        year=now.year - 1,
        headcount=Decimal(sme["headcount"]),
        turnover=Decimal(sme["turnover"]),
        balance_sheet=Decimal(sme["balance_sheet"]),
    )
    drafts.set_figures(
        life.it, figures=figures, is_estimate=False, sector=sme["sector"], by=by, now=now
    )
    chosen = Record.objects.get(slug=life.row["record_slug"])
    draft_rows.set_hosts(life.it, hosts=[draft_rows.host_of(chosen)], by=by, now=now)


def _fill(life: Life, _sme: dict[str, str]) -> None:
    by, now = life.sme, life.at
    sections: dict[str, dict[str, object]] = {}
    questions = life.it.question_set.questions.all() if life.it.question_set else []
    for question in questions:
        if question.kind == "file":
            drafts.attach(life.it, question=question, file=_file("quote.pdf"), by=by, now=now)
        elif question.kind != "cost_table":
            answers = sections.setdefault(question.section, {})
            answers[question.key] = answer_to(question.kind, question.key, question, life)
    for section, values in sections.items():
        drafts.save_answers(life.it, section=section, values=values, by=by, now=now)
    kinds = {k.code: k for k in life.it.voucher_type.cost_kinds.all()}
    lines = [line.split("|") for line in life.row["cost_lines"].split(";")]
    draft_rows.set_costs(
        life.it,
        lines=[CostFields(kinds[kind], item, Decimal(amount)) for item, kind, amount in lines],
        amount=Decimal(life.row["amount"]),
        by=by,
        now=now,
    )
    draft_rows.set_aid(life.it, lines=[], is_export_tied=False, by=by, now=now)


def answer_to(kind: str, key: str, question: object, life: Life) -> object:
    """Return a fitting answer from the need's texts."""
    row = life.row
    texts = {"plan": row["plan"], "next_step": row["result"]}
    if kind in {"short_text", "long_text"}:
        fallback = row["result"] if "result" in key or "impact" in key else row["need"]
        return texts.get(key, fallback)[: getattr(question, "max_length", None) or 2000]
    if kind == "date":
        later = 150 if key.endswith(("to", "ends_on", "end", "ends")) else 45
        return (life.now + DAY * later).date().isoformat()
    if kind == "choice":
        return getattr(question, "choices", [["", ""]])[0][0]
    if kind == "milestones":
        return _milestones(life)
    return {"yes_no": True, "number": 2, "money": "1000.00"}.get(kind, "")


def _milestones(life: Life) -> str:
    """Return one milestone half-way and one at the end."""
    today = life.now.date()
    return milestones.write(
        [
            Milestone(today + 95 * DAY, "First results are in and discussed with the partner"),
            Milestone(today + 150 * DAY, "The report is accepted and the next step is decided"),
        ]
    )


def _ask_partner(life: Life, _sme: dict[str, str]) -> None:
    if life.it.voucher_type.needs_consent:
        real = timezone.now()
        consents.ask(life.it.hosts.get(), by=life.sme, now=life.at, link_now=real)


def _confirm(life: Life, _sme: dict[str, str]) -> None:
    consent = life.it.hosts.get().consent
    if consent is None:
        return
    price = sum((line.amount for line in life.it.cost_lines.all()), Decimal(0))
    starts_on = (life.now + DAY * 45).date()
    said = Confirmation(
        work=life.row["plan"],
        price=price,
        starts_on=starts_on,
        ends_on=starts_on + DAY * 90,
        has_conflict=False,
        signatory_name=f"Contact of {consent.partner}"[:120],
        signatory_role="Head of the facility",
    )
    consents.give(consent, said=said, by=PARTNER, now=life.at)


def _say_no(life: Life, _sme: dict[str, str]) -> None:
    consent = life.it.hosts.get().consent
    if consent is not None:
        reason = "Our laboratory is fully booked until the end of the year."
        consents.decline(consent, reason=reason, by=PARTNER, now=life.at)


def _submit(life: Life, _sme: dict[str, str]) -> None:
    life.it.refresh_from_db()
    drafts.send(life.it, declarations=drafts.DECLARATIONS, by=life.sme, now=life.after(1))
    life.it.refresh_from_db()


def _return(life: Life, _sme: dict[str, str]) -> None:
    applications.send_back(
        life.it,
        kind=ReturnKind.QUESTION,
        message="Which part of the work does your partner do alone, and which do you do together?",
        answer_by=life.now + 4 * DAY,
        by=life.broker(),
        now=life.after(2),
    )


def _eligible(life: Life, _sme: dict[str, str]) -> None:
    applications.find_eligible(life.it, by=life.broker(), now=life.after(2))


def _ineligible(life: Life, _sme: dict[str, str]) -> None:
    applications.find_ineligible(
        life.it,
        reason=RejectReason.ALREADY_STARTED,
        message="Your plan says that the first visit took place last month. A voucher pays only "
        "for work that starts after the award.",
        by=life.broker(),
        now=life.after(3),
    )


def _assign(life: Life, _sme: dict[str, str]) -> None:
    assessor = User.objects.get(email=f"assessor@{people.DOMAIN}")
    assessments.assign(life.it, assessor=assessor, by=life.broker(), now=life.after(1))


def _score(life: Life, points: int) -> None:
    assessment = life.it.assessments.get()
    codes = [one.code for one in life.it.offer.criteria]
    assessments.score(
        assessment,
        scores=dict.fromkeys(codes, points),
        feedback="A clear need, and a partner who can do what the plan asks for."
        if points > 3
        else "The plan does not say what the partner does that you cannot do at home.",
        by=Actor.person(assessment.assessor),
        now=life.after(3),
    )


def _sign_home(life: Life, _sme: dict[str, str]) -> None:
    amount = life.it.amount or Decimal(0)
    is_low = bool(price_verdict(life.it).notes)
    awards.sign(
        life.it,
        side=Side.HOME,
        amount=amount,
        price_reason="The firm's own costs of travel and samples make up the rest."
        if is_low
        else "",
        by=life.broker(),
        now=life.after(2),
    )
    life.it.refresh_from_db()


def _sign_host(life: Life, _sme: dict[str, str]) -> None:
    amount = life.it.amount or Decimal(0)
    awards.sign(
        life.it, side=Side.HOST, amount=amount, by=life.broker(Side.HOST), now=life.after(2)
    )
    life.it.refresh_from_db()


def _reserve(life: Life, _sme: dict[str, str]) -> None:
    awards.reserve(life.it, by=life.broker(), now=life.after(3))


def _reject(life: Life, _sme: dict[str, str]) -> None:
    awards.reject(
        life.it,
        reason=RejectReason.QUALITY,
        message="The need is real, but the plan leaves open what your partner will do. Talk to us: "
        "a clearer plan can apply again in the next call.",
        by=life.broker(),
        now=life.after(3),
    )


def _withdraw(life: Life, _sme: dict[str, str]) -> None:
    applications.withdraw(
        life.it, reason="We found the answer ourselves.", by=life.sme, now=life.after(4)
    )


def _step_aside(life: Life, _sme: dict[str, str]) -> None:
    conflicts.declare(
        life.it,
        party=PartyRole.PARTNER,
        statement="I worked there until last year.",
        by=life.finance(),
        now=life.after(1),
    )


def _award(life: Life) -> Award:
    return Award.objects.get(application=life.it)


def _accept(life: Life, sme: dict[str, str]) -> None:
    vouchers.accept(
        _award(life),
        signatory_name=f"Director of {sme['name']}",
        signatory_role="Director",
        by=life.sme,
        now=life.after(3),
    )


def _decline(life: Life, _sme: dict[str, str]) -> None:
    vouchers.decline(
        _award(life), reason="The partner has no time this year.", by=life.sme, now=life.after(4)
    )


def _lapse(life: Life, _sme: dict[str, str]) -> None:
    vouchers.lapse(_award(life), reason=EndReason.NO_ANSWER, by=Actor.clock(), now=life.after(15))


def _cancel(life: Life, _sme: dict[str, str]) -> None:
    vouchers.cancel(
        _award(life),
        reason="The partner closed its laboratory.",
        by=life.broker(),
        now=life.after(5),
    )


def _claim(life: Life, sme: dict[str, str]) -> None:
    by, now = life.sme, life.after(6)
    claim = claims.start(_award(life), by=by, now=now)
    claim_drafts.fill(
        claim,
        report=f"{life.row['result']} We met twice and agreed on the next step.",
        iban="NL91ABNA0417164300",
        account_holder=sme["name"],
        by=by,
        now=now,
    )
    host = life.it.hosts.get()
    for place, cost in enumerate(life.it.cost_lines.select_related("kind"), start=1):
        number = f"{now:%Y}-{life.it.pk:03}{place}"
        claim_drafts.add_line(
            claim,
            line=claim_drafts.LineFields(
                kind=cost.kind,
                paid_on=(now - 2 * DAY).date(),
                supplier=host.name,
                receipt_number=number,
                item=cost.item,
                amount=cost.amount,
                vat=Decimal(0),
            ),
            receipt=_file("receipt.pdf", f"Receipt {number}"),
            proof_of_payment=_file("bank-statement.pdf", f"Payment of {number}"),
            by=by,
            now=now,
        )
    claims.file(claim, by=by, now=now)


def _current_claim(life: Life) -> Claim:
    return Claim.objects.get(award__application=life.it)


def _return_claim(life: Life, _sme: dict[str, str]) -> None:
    claims.send_back(
        _current_claim(life),
        message="The second receipt shows no date of payment. Please add the bank statement.",
        by=life.broker(),
        now=life.after(2),
    )


def _approve_claim(life: Life, _sme: dict[str, str]) -> None:
    claims.approve(_current_claim(life), eligible={}, by=life.broker(), now=life.after(2))


def _pay(life: Life, _sme: dict[str, str]) -> None:
    claims.pay(
        _current_claim(life),
        payment_reference=f"LSV {life.it.reference}",
        by=life.finance(),
        now=life.after(2),
    )


STEPS: dict[Step, Callable[[Life, dict[str, str]], None]] = {
    Step.START: _start,
    Step.FILL: _fill,
    Step.ASK_PARTNER: _ask_partner,
    Step.CONFIRM: _confirm,
    Step.SAY_NO: _say_no,
    Step.SUBMIT: _submit,
    Step.RETURN: _return,
    Step.ELIGIBLE: _eligible,
    Step.INELIGIBLE: _ineligible,
    Step.ASSIGN: _assign,
    Step.SCORE_WELL: lambda life, _sme: _score(life, 4),
    Step.SCORE_POORLY: lambda life, _sme: _score(life, 2),
    Step.SIGN_HOME: _sign_home,
    Step.SIGN_HOST: _sign_host,
    Step.RESERVE: _reserve,
    Step.REJECT: _reject,
    Step.WITHDRAW: _withdraw,
    Step.STEP_ASIDE: _step_aside,
    Step.ACCEPT: _accept,
    Step.DECLINE: _decline,
    Step.LAPSE: _lapse,
    Step.CANCEL: _cancel,
    Step.CLAIM: _claim,
    Step.RETURN_CLAIM: _return_claim,
    Step.APPROVE_CLAIM: _approve_claim,
    Step.PAY: _pay,
}
