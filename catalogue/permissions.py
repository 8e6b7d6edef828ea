"""Which verbs may an actor use on what the catalogue holds."""

from catalogue.models import Provider, Record
from portal.enums import Role
from portal.models import Programme, Region
from portal.permissions import Actor, is_manager


def may_curate(by: Actor, record: Record) -> bool:
    """An access broker of the record's region, or a manager."""
    return may_add_to(by, record.region)


def may_add_to(by: Actor, region: Region) -> bool:
    """An access broker of the region, a manager, or an importer that retells history."""
    return by.is_importer or by.has_role(Role.BROKER, region) or is_manager(by)


def may_confirm(by: Actor, record: Record) -> bool:
    """A member of the provider's organisation, or somebody who may curate the record."""
    return by.acts_for(record.provider.organisation_id) or may_curate(by, record)


def may_accept_rules(by: Actor, provider: Provider) -> bool:
    """A member of the provider's organisation, or the region's broker who holds its signature."""
    return by.acts_for(provider.organisation_id) or may_add_to(by, provider.region)


def may_publish_rules(by: Actor, programme: Programme) -> bool:
    """A manager of the programme, or an importer."""
    return by.is_importer or by.has_role(Role.MANAGER, programme)


def may_extend_vocabulary(by: Actor) -> bool:
    """A manager of any programme, or an importer."""
    return by.is_importer or is_manager(by)
