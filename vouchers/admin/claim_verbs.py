"""The verbs of a claim's desk."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.permissions import Actor
from portal.templatetags.portal_ui import money
from vouchers.actions import accounts, claims, payments, receipt_notes
from vouchers.admin.panels import Verb
from vouchers.cases.threads import threads_of
from vouchers.enums import InstructionState
from vouchers.forms.batches import AskAccountForm, BankRefusalForm
from vouchers.forms.claim_desk import (
    ApproveClaimForm,
    AskForm,
    CloseForm,
    PayForm,
    ReturnClaimForm,
)
from vouchers.models import Claim, ClaimLine
from vouchers.workflow import CLAIM


def _approve(claim: Claim, *, by: Actor, now: datetime, **given: Any) -> str:
    amount = claims.approve(claim, **given, by=by, now=now)
    return gettext("Approved: %(amount)s to be paid.") % {"amount": money(amount)}


def _send_back(claim: Claim, *, by: Actor, now: datetime, **given: Any) -> str:
    claims.send_back(claim, **given, by=by, now=now)
    return gettext("Sent back to the applicant.")


def _ask(claim: Claim, *, line: ClaimLine, text: str, by: Actor, now: datetime) -> str:
    receipt_notes.ask(line, text=text, by=by, now=now)
    return gettext("The question is noted. It goes out when you send the claim back.")


def _close(claim: Claim, *, line: ClaimLine, text: str, by: Actor, now: datetime) -> str:
    receipt_notes.close(line, text=text, by=by, now=now)
    return gettext("The question is closed.")


def _has_open(_by: Actor, claim: Claim) -> bool:
    return any(thread.open for thread in threads_of(claim).values())


def _pay(claim: Claim, *, by: Actor, now: datetime, **given: Any) -> str:
    claims.pay(claim, **given, by=by, now=now)
    return gettext("Marked as paid. What was not used is back in the pot.")


def _bounce(claim: Claim, *, by: Actor, now: datetime, **given: Any) -> str:
    payments.bounce(claim, **given, by=by, now=now)
    return gettext("Noted. The claim waits for payment again.")


def _ask_account(claim: Claim, *, by: Actor, now: datetime, **given: Any) -> str:
    accounts.ask_again(claim, **given, by=by, now=now)
    return gettext("The applicant is asked for another account.")


def _waits(_by: Actor, claim: Claim) -> bool:
    """Whether a claim, as its page has read it, is in no open batch and its account stands."""
    is_free = all(one.state != InstructionState.OPEN for one in claim.instructions.all())
    return is_free and claim.account_refused_at is None


def _has_account(by: Actor, claim: Claim) -> bool:
    """Whether there is an account to ask about, and nobody has asked yet."""
    return _waits(by, claim) and not claims.pays_itself(claim.award)


ASK: Verb[Claim] = Verb(
    name="ask",
    label=_("Ask about a receipt"),
    transition=CLAIM.SEND_BACK,
    form=AskForm,
    run=_ask,
    is_due=lambda _by, claim: bool(claim.lines.all()),
)
_ALL: tuple[Verb[Claim], ...] = (
    Verb(
        name="approve",
        label=_("Approve"),
        transition=CLAIM.APPROVE,
        form=ApproveClaimForm,
        run=_approve,
        lead=_("Enter how much of each receipt is eligible. Somebody else pays."),
        tone="primary",
    ),
    Verb(
        name="pay",
        label=_("Mark as paid"),
        transition=CLAIM.PAY,
        form=PayForm,
        run=_pay,
        tone="primary",
        is_due=_waits,
    ),
    Verb(
        name="ask_account",
        label=_("Ask for another account"),
        transition=CLAIM.PAY,
        form=AskAccountForm,
        run=_ask_account,
        lead=_("The applicant corrects account holder and IBAN; the claim stays approved."),
        is_due=_has_account,
    ),
    Verb(
        name="bounce",
        label=_("The bank sent it back"),
        transition=CLAIM.BOUNCE,
        form=BankRefusalForm,
        run=_bounce,
        lead=_("The payment is undone, and the claim waits for payment again."),
    ),
    ASK,
    Verb(
        name="close",
        label=_("Close a question"),
        transition=CLAIM.SEND_BACK,
        form=CloseForm,
        run=_close,
        is_due=_has_open,
    ),
    Verb(
        name="send_back",
        label=_("Send back"),
        transition=CLAIM.SEND_BACK,
        form=ReturnClaimForm,
        run=_send_back,
        lead=_("The applicant completes the claim and sends it again."),
    ),
)
CLAIM_VERBS: Mapping[str, Verb[Claim]] = {verb.name: verb for verb in _ALL}
