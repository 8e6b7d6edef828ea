"""Walls between a person and rows of the kernel that tell about somebody's case.

Journal, letters and documents name their subject only by type and id; the app that has the cases
says which subjects are closed to whom.
"""

from collections.abc import Callable

from django.db.models import Q

from portal.models.users import User

type Closed = Callable[[User], Q | None]
_closed: list[Closed] = []


def close(rule: Closed) -> None:
    """Add a rule that returns which `subject_type` and `subject_id` a person must not see."""
    _closed.append(rule)


def open_to(user: User) -> Q:
    """Return the condition under which rows with a subject are open to the person."""
    found = [shut for rule in _closed if (shut := rule(user)) is not None]
    return Q(*(~shut for shut in found))
