"""Partners that go: those of a returned application stand until it is submitted anew."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import F

from portal import links
from portal.enums import LinkPurpose
from portal.permissions import Actor
from portal.workflow import action, move
from vouchers.enums import STANDING_CONSENT, ApplicationState, ConsentState
from vouchers.models import Application, Host, PartnerConsent, Submission
from vouchers.workflow import CONSENT

PURPOSE = LinkPurpose.PARTNER_CONSENT
FROZEN = ("contact_name", "contact_email", "website")


def mark_standing(application: Application) -> None:
    """Note who the partners of a submission are, before they can be changed; inside an action."""
    application.hosts.update(stands_at=F("position"))


def take_away(
    application: Application, hosts: Collection[Host], *, by: Actor, now: datetime
) -> None:
    """Take partners away; who was submitted with a returned application is only put aside.

    Such a partner keeps what it confirmed, so that the submission can stand; an open question to
    it ends.
    """
    is_returned = application.state == ApplicationState.RETURNED
    aside = [host.pk for host in hosts if is_returned and host.stands_at is not None]
    asked = PartnerConsent.objects.filter(host__in=aside, state=ConsentState.ASKED)
    set_aside(asked, by=by, now=now)
    Host.all_rows.filter(pk__in=aside, removed_at=None).update(removed_at=now)
    _drop([host.pk for host in hosts if host.pk not in aside], by=by, now=now)


def drop_removed(application: Application, *, by: Actor, now: datetime) -> None:
    """Give up for good who was put aside: another submission takes the old one's place."""
    removed = Host.all_rows.filter(application=application).exclude(removed_at=None)
    _drop([host.pk for host in removed], by=by, now=now)


def put_back(application: Application, *, by: Actor, now: datetime) -> None:
    """Let the partners be again those of the last submission, as it names them."""
    rows = list(Host.all_rows.filter(application=application).order_by("stands_at", "pk"))
    standing = [host for host in rows if host.stands_at is not None]
    if not standing:
        return
    _drop([host.pk for host in rows if host.stands_at is None], by=by, now=now)
    # Two that have changed places must not meet on one.
    Host.all_rows.filter(application=application).update(removed_at=now)
    for host in standing:
        host.position, host.removed_at = host.stands_at or host.position, None
    _copy(application.submissions.last(), standing)
    Host.all_rows.bulk_update(standing, ["position", "removed_at", *FROZEN])


def _copy(submission: Submission | None, hosts: list[Host]) -> None:
    """Let partners be reached as a submission says, which names them in the same order."""
    named = submission.content["hosts"] if submission else []
    for host, frozen in zip(hosts, named, strict=False):
        if host.name == frozen["name"]:
            for name in FROZEN:
                setattr(host, name, frozen[name])


def _drop(hosts: Collection[int], *, by: Actor, now: datetime) -> None:
    if not hosts:
        return
    standing = PartnerConsent.objects.filter(host__in=hosts, state__in=STANDING_CONSENT)
    set_aside(standing, by=by, now=now)
    Host.all_rows.filter(pk__in=hosts).delete()


@action
def set_aside(consents: Iterable[PartnerConsent], *, by: Actor, now: datetime) -> None:
    """End questions and answers that no longer count: their links lead nowhere."""
    for consent in consents:
        move(consent, CONSENT.VOID, by=by, now=now)
        end_links(consent, now=now)


def end_links(consent: PartnerConsent, *, now: datetime) -> None:
    """End the links of a question that is answered or no longer asked; inside an action."""
    links.replace(PURPOSE, data={"consent": consent.pk}, now=now)
