"""Providers and the common access rules that they accept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from catalogue.actions.require import require
from catalogue.enums import ProviderKind
from catalogue.models import AccessRules, Provider
from catalogue.notifications.joining import NewAccessRules
from catalogue.permissions import may_accept_rules, may_add_to, may_keep, may_publish_rules
from portal.models import Organisation, Programme, Region
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.queue import notify
from portal.workflow import action, record

PROFILE = ("summary", "ror", "legal_status", "structure", "life_cycle", "esfri_domains")


class OutdatedRules(Exception):
    """The provider would accept a version of the rules that has been replaced."""


@action
def add_provider(
    organisation: Organisation,
    *,
    slug: str,
    kind: ProviderKind,
    region: Region,
    summary: str,
    ror: str = "",
    legal_status: str = "",
    structure: str = "",
    life_cycle: str = "",
    esfri_domains: Sequence[str] = (),
    by: Actor,
    now: datetime,
) -> Provider:
    """List an organisation as a provider of the region. Raises PermissionDenied."""
    require(may_add_to(by, region))
    provider = Provider.objects.create(
        organisation=organisation,
        slug=slug,
        kind=kind,
        region=region,
        summary=summary,
        ror=ror,
        legal_status=legal_status,
        structure=structure,
        life_cycle=life_cycle,
        esfri_domains=[*esfri_domains],
    )
    record(
        provider, "add_provider", by=by, now=now, chain=PORTAL_CHAIN, slug=slug, region=region.code
    )
    return provider


@action
def publish_access_rules(
    programme: Programme, *, text: str, by: Actor, now: datetime
) -> AccessRules:
    """Publish the next version of the common rules, one rule a line, and tell its providers.

    Raises PermissionDenied.
    """
    require(may_publish_rules(by, programme))
    # Two managers at once must not both write the next version.
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    newest = AccessRules.objects.filter(programme=programme).order_by("-version").first()
    rules = AccessRules.objects.create(
        programme=programme,
        version=newest.version + 1 if newest else 1,
        text=text,
        published_at=now,
    )
    record(
        rules,
        "publish_access_rules",
        by=by,
        now=now,
        chain=programme.journal_chain,
        version=rules.version,
        text=text,
    )
    # Retold history tells nobody.
    if not by.is_importer:
        named = Provider.objects.filter(region__programmes__programme=programme)
        for provider in named.select_related("organisation", "region"):
            notify(NewAccessRules(rules, once=provider.slug, provider=provider), now=now)
    return rules


@action
def accept_access_rules(
    provider: Provider, *, rules: AccessRules, by: Actor, now: datetime
) -> None:
    """Accept the current version for a provider. Raises PermissionDenied and OutdatedRules."""
    require(may_accept_rules(by, provider))
    if not AccessRules.objects.current(now).filter(pk=rules.pk).exists():
        raise OutdatedRules(rules)
    provider.accepted_rules, provider.accepted_at = rules, now
    provider.save(update_fields=["accepted_rules", "accepted_at"])
    record(
        provider,
        "accept_access_rules",
        by=by,
        now=now,
        chain=PORTAL_CHAIN,
        programme=rules.programme.code,
        version=rules.version,
    )


@action
def edit_provider(
    provider: Provider, *, changes: Mapping[str, Any], by: Actor, now: datetime
) -> None:
    """Change what a provider says of itself: the fields of PROFILE. Raises PermissionDenied."""
    row = Provider.objects.select_for_update(of=("self",), no_key=True).get(pk=provider.pk)
    require(may_keep(by, row))
    changed = {
        name: [getattr(row, name), changes[name]]
        for name in PROFILE
        if name in changes and getattr(row, name) != changes[name]
    }
    if not changed:
        return
    for name, (_before, value) in changed.items():
        setattr(row, name, value)
    row.save(update_fields=list(changed))
    record(row, "edit_provider", by=by, now=now, chain=PORTAL_CHAIN, changed=changed)
