"""Which answers of a returned application may be changed: those that the broker asked about."""

from collections.abc import Iterable

from vouchers.enums import ApplicationState
from vouchers.models import Application

# Parts of the form that are no questions of a set.
FIXED_PARTS = ("organisation", "hosts", "aid", "about", "costs")


def opened_in(application: Application) -> frozenset[str] | None:
    """Return the questions and parts that may be changed; None where all may.

    A return without a choice opens everything, and so does every draft.
    """
    if application.state != ApplicationState.RETURNED:
        return None
    asked = application.change_requests.filter(answered_at=None)
    return joined(asked.values_list("opened", flat=True))


def joined(choices: Iterable[Iterable[str]]) -> frozenset[str] | None:
    """Return what open questions open together; None where one of them opens everything."""
    opened = [frozenset(names) for names in choices]
    return frozenset().union(*opened) if opened and all(opened) else None


def is_open(opened: frozenset[str] | None, names: Iterable[str]) -> bool:
    """Whether at least one of the names may be changed."""
    return opened is None or any(name in opened for name in names)
