"""Partners named by hand: the broker of their region makes them records, or refuses them."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.text import slugify
from django.utils.translation import pgettext_lazy

from catalogue import actions as catalogue
from catalogue.actions.joining import listed_in
from catalogue.enums import ProviderKind, RecordKind
from catalogue.models import Provider, Record, RecordFields
from portal.actions.organisations import find_same
from portal.models import Organisation, Region
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.queue import notify
from portal.workflow import IllegalMove, Transition, action, lock, record
from vouchers.actions.applications import void_signatures
from vouchers.cases import AROUND
from vouchers.enums import SIGNABLE, ApplicationState
from vouchers.models import Application, Host
from vouchers.notifications import PartnerRefusedByRegion, PartnerRefusedForTeam
from vouchers.permissions import may_judge_partner

SLUG_LENGTH = 70
NAME_LENGTH = 120

# No arrows: they name the verbs, which leave the application in its state.
LIST_PARTNER = Transition(
    "list_partner",
    pgettext_lazy("application", "Make it a record"),
    SIGNABLE,
    ApplicationState.ELIGIBLE,
    may_judge_partner,
)
REFUSE_PARTNER = Transition(
    "refuse_partner",
    pgettext_lazy("application", "Refuse this partner"),
    SIGNABLE,
    ApplicationState.ELIGIBLE,
    may_judge_partner,
)


class AlreadyJudged(Exception):
    """The partner is a record or refused already; the message is its name."""


def unlisted(application: Application) -> list[Host]:
    """Return the partners of the host's region that are no records yet, refused ones too."""
    return [
        host
        for host in application.hosts.all()
        if host.record_id is None and host.region_id == application.host_region_id
    ]


@action
def list_partner(
    host: Host,
    *,
    provider_kind: ProviderKind,
    kind: RecordKind,
    title: str,
    summary: str,
    by: Actor,
    now: datetime,
) -> Record:
    """Make a draft record of a partner named by hand, whose organisation is found or added.

    A refusal is taken back with it. Raises PermissionDenied, IllegalMove, AlreadyJudged, and
    BelongsElsewhere where others decide who acts for the organisation.
    """
    application, row = _judged(host, LIST_PARTNER, by=by)
    if row.record_id is not None or row.region is None:
        raise AlreadyJudged(row.name)
    provider = _provider_of(row, row.region, provider_kind, by=by, now=now)
    made = catalogue.add_record(
        provider,
        slug=_free_slug(f"{provider.slug} {title}", Record),
        kind=kind,
        fields=RecordFields(
            title=title,
            summary=summary,
            voucher_kinds=[application.voucher_type.kind],
            # An address without a name is a function's, which everybody sees: this one somebody
            # else has typed, and nobody has agreed to show it.
            contact_name=row.contact_name or (row.name if row.contact_email else "")[:NAME_LENGTH],
            contact_email=row.contact_email,
            website=row.website,
        ),
        by=by,
        now=now,
    )
    row.record, row.refused_at, row.refused_by, row.refusal = made, None, None, ""
    row.save(update_fields=["record", "refused_at", "refused_by", "refusal"])
    record(
        application,
        "list_partner",
        by=by,
        now=now,
        chain=application.journal_chain,
        host=row.pk,
        listed_as=made.pk,
    )
    return made


@action
def refuse_partner(host: Host, *, reason: str, by: Actor, now: datetime) -> None:
    """Refuse a partner named by hand: home's signature falls, and home sends back or rejects.

    Raises PermissionDenied, IllegalMove and AlreadyJudged.
    """
    application, row = _judged(host, REFUSE_PARTNER, by=by)
    if row.record_id is not None or row.is_refused:
        raise AlreadyJudged(row.name)
    row.refused_at, row.refused_by, row.refusal = now, by.user, reason
    row.save(update_fields=["refused_at", "refused_by", "refusal"])
    void_signatures(application, now=now)
    record(
        application,
        "refuse_partner",
        by=by,
        now=now,
        chain=application.journal_chain,
        host=row.pk,
        personal={"reason": reason},
    )
    extra, once = {"host": row}, str(row.pk)
    notify(
        PartnerRefusedByRegion(application, once=once, extra=extra),
        PartnerRefusedForTeam(application, once=once, extra=extra),
        now=now,
    )


def _judged(host: Host, verb: Transition, *, by: Actor) -> tuple[Application, Host]:
    """Return the locked application and the partner, if the verb may be used on them now.

    Raises Host.DoesNotExist where the application names it no longer.
    """
    application = lock(host.application, *AROUND)
    if not may_judge_partner(by, application):
        raise PermissionDenied(verb.name)
    if application.state not in verb.sources:
        raise IllegalMove(application, verb)
    row = Host.objects.select_related("region").get(pk=host.pk, application=application)
    return application, row


def _provider_of(
    host: Host, region: Region, kind: ProviderKind, *, by: Actor, now: datetime
) -> Provider:
    same = find_same(host.name, region.country)
    if same is not None and (listed := listed_in(region, same)):
        return listed
    organisation = same or _organisation_of(host, region, by, now)
    return catalogue.add_provider(
        organisation,
        slug=_free_slug(organisation.name, Provider),
        kind=kind,
        region=region,
        summary="",
        by=by,
        now=now,
    )


def _organisation_of(host: Host, region: Region, by: Actor, now: datetime) -> Organisation:
    organisation = Organisation.objects.create(
        name=host.name, country=region.country, region=region, website=host.website
    )
    record(organisation, "register", by=by, now=now, chain=PORTAL_CHAIN)
    return organisation


def _free_slug(words: str, model: type[Provider] | type[Record]) -> str:
    """Return an address that nothing has yet."""
    base = slugify(words)[:SLUG_LENGTH].strip("-") or "partner"
    taken = set(model._base_manager.filter(slug__startswith=base).values_list("slug", flat=True))
    wanted = [base, *(f"{base}-{number}" for number in range(2, len(taken) + 2))]
    return next(slug for slug in wanted if slug not in taken)
