"""Which verbs may an actor use on what the catalogue holds."""

from catalogue.models import Provider, ProviderRequest, Record, Revision
from portal.enums import Role
from portal.models import Programme, Region
from portal.permissions import Actor, may_set_up

# An expert has no account: what the link in the mail allows, the person itself does.
EXPERT = Actor.mail_link("expert")


def may_curate(by: Actor, record: Record) -> bool:
    """Who may add records to its region: its access broker, or a manager."""
    return may_add_to(by, record.region)


def may_add_to(by: Actor, region: Region) -> bool:
    """An access broker of the region, or who may set up a programme that names it."""
    return by.has_role(Role.BROKER, region) or may_set_up(by, region)


def may_confirm(by: Actor, record: Record) -> bool:
    """A member of the provider's organisation, or somebody who may curate the record."""
    return by.acts_for(record.provider.organisation_id) or may_curate(by, record)


def may_keep(by: Actor, provider: Provider) -> bool:
    """A member of the provider's organisation, or somebody who may add records to its region."""
    return by.acts_for(provider.organisation_id) or may_add_to(by, provider.region)


def may_edit(by: Actor, record: Record) -> bool:
    """A member of the provider's organisation, or somebody who may curate the record."""
    return may_confirm(by, record)


def may_decide_request(by: Actor, request: ProviderRequest) -> bool:
    """Who may list providers of the region that was asked."""
    return may_add_to(by, request.region)


def may_invite(by: Actor, provider: Provider) -> bool:
    """Who may list providers of the provider's region."""
    return may_add_to(by, provider.region)


def may_name_person(by: Actor, record: Record) -> bool:
    """A member of the provider's organisation, or somebody who may curate the record."""
    return may_confirm(by, record)


def may_write(by: Actor, revision: Revision) -> bool:
    """The provider; who may curate only what was handed in, or what they began themselves."""
    record = revision.record
    if by.acts_for(record.provider.organisation_id):
        return True
    begun = by.user is not None and revision.started_by_id == by.user.pk
    return (begun or revision.submitted_at is not None) and may_curate(by, record)


def may_decide(by: Actor, revision: Revision) -> bool:
    """Who may curate the record: an access broker of its region, or a manager."""
    return may_curate(by, revision.record)


def may_forget_person(by: Actor, record: Record) -> bool:
    """The person itself by a link in a mail, or who may name the record's person."""
    return by == EXPERT or may_name_person(by, record)


def may_accept_rules(by: Actor, provider: Provider) -> bool:
    """A member of the provider's organisation, or the region's broker who holds its signature."""
    return by.acts_for(provider.organisation_id) or may_add_to(by, provider.region)


def may_publish_rules(by: Actor, programme: Programme) -> bool:
    """Who may set up the programme."""
    return may_set_up(by, programme)


def may_extend_vocabulary(by: Actor) -> bool:
    """Who may set up any programme."""
    return may_set_up(by)


def may_advise(by: Actor) -> bool:
    """An access broker of any region, or a manager: who sees the need may say who can help."""
    return by.user is not None and (bool(by.user.region_ids(Role.BROKER)) or may_set_up(by))
