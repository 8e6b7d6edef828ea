"""The verbs of an award's desk."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.permissions import Actor
from vouchers.actions import award_changes, provider_answers, vouchers
from vouchers.actions.provider_answers import Paper
from vouchers.admin.panels import Verb
from vouchers.forms.agreements import DeskPaperForm, WriteAgainForm
from vouchers.forms.award import CancelForm, RevokeForm
from vouchers.forms.award_changes import AnswerChangeForm
from vouchers.models import Award, AwardChange
from vouchers.workflow import AWARD, TEND


def _cancel(award: Award, *, by: Actor, now: datetime, **given: Any) -> str:
    vouchers.cancel(award, **given, by=by, now=now)
    return gettext("Cancelled. What was not paid is back in the pot.")


def _revoke(award: Award, *, by: Actor, now: datetime, **given: Any) -> str:
    vouchers.revoke(award, **given, by=by, now=now)
    return gettext("Revoked.")


def _write_again(award: Award, *, by: Actor, now: datetime, **given: Any) -> str:
    provider_answers.write_again(award.agreement, **given, by=by, now=now, link_now=timezone.now())
    return gettext("The provider has a new mail. The earlier link no longer works.")


def _file_paper(award: Award, *, by: Actor, now: datetime, **given: Any) -> str:
    provider_answers.file_paper(award.agreement, paper=Paper(**given), by=by, now=now)
    return gettext("The signed agreement is filed.")


def _answer_change(
    award: Award, *, change: AwardChange, is_approved: bool, answer: str, by: Actor, now: datetime
) -> str:
    if is_approved:
        award_changes.approve(change, answer=answer, by=by, now=now)
        return gettext("Approved. The firm and its provider have a mail.")
    award_changes.refuse(change, answer=answer, by=by, now=now)
    return gettext("Refused. The firm has a mail.")


def _is_asked(_by: Actor, award: Award) -> bool:
    return any(change.is_asked for change in award.changes.all())


def _is_unsigned(_by: Actor, award: Award) -> bool:
    agreement = getattr(award, "agreement", None)
    return agreement is not None and agreement.is_open


_ALL: tuple[Verb[Award], ...] = (
    Verb(
        name="answer_change",
        label=_("Answer a change"),
        transition=TEND,
        form=AnswerChangeForm,
        run=_answer_change,
        suits=lambda by, award: not by.acts_for(award.application.organisation_id),
        is_due=_is_asked,
        tone="primary",
    ),
    Verb(
        name="write_again",
        label=_("Write to the provider again"),
        transition=TEND,
        form=WriteAgainForm,
        run=_write_again,
        lead=_("The provider has not signed the agreement."),
        is_due=_is_unsigned,
    ),
    Verb(
        name="file_agreement",
        label=_("File the signed agreement"),
        transition=TEND,
        form=DeskPaperForm,
        run=_file_paper,
        lead=_("The provider has signed on paper."),
        is_due=_is_unsigned,
    ),
    Verb(
        name="cancel",
        label=_("Cancel the award"),
        transition=AWARD.CANCEL,
        form=CancelForm,
        run=_cancel,
        lead=_("What is not paid returns to the region's pot."),
        tone="danger",
    ),
    Verb(
        name="revoke",
        label=_("Revoke and recover"),
        transition=AWARD.REVOKE,
        form=RevokeForm,
        run=_revoke,
        lead=_("The award was not due. Book what has come back."),
        tone="danger",
    ),
)
AWARD_VERBS: Mapping[str, Verb[Award]] = {verb.name: verb for verb in _ALL}
