"""Which verbs may an actor use on a question."""

from brokers.models import Enquiry
from portal.enums import Role
from portal.permissions import Actor


def may_answer(by: Actor, enquiry: Enquiry) -> bool:
    """An access broker of the region that was asked; the asker's own region only sees it."""
    return by.has_role(Role.BROKER, enquiry.region)
