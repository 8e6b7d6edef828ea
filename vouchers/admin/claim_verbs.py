"""The verbs of a claim's desk."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.permissions import Actor
from portal.templatetags.portal_ui import money
from vouchers.actions import claims
from vouchers.admin.panels import Verb
from vouchers.forms.claim_desk import ApproveClaimForm, PayForm, ReturnClaimForm
from vouchers.models import Claim
from vouchers.workflow import CLAIM


def _approve(claim: Claim, *, by: Actor, now: datetime, **given: Any) -> str:
    amount = claims.approve(claim, **given, by=by, now=now)
    return gettext("Approved: %(amount)s to be paid.") % {"amount": money(amount)}


def _send_back(claim: Claim, *, by: Actor, now: datetime, **given: Any) -> str:
    claims.send_back(claim, **given, by=by, now=now)
    return gettext("Sent back to the applicant.")


def _pay(claim: Claim, *, by: Actor, now: datetime, **given: Any) -> str:
    claims.pay(claim, **given, by=by, now=now)
    return gettext("Marked as paid. What was not used is back in the pot.")


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
