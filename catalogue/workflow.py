"""The arrows of a record."""

from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from catalogue.enums import RecordState
from catalogue.permissions import may_curate
from portal.workflow import Transition


class RecordTable(NamedTuple):
    """Every arrow of a record; retold history may use them too."""

    PUBLISH: Transition
    HIDE: Transition


RECORD = RecordTable(
    PUBLISH=Transition(
        "publish",
        pgettext_lazy("record", "Publish"),
        frozenset({RecordState.DRAFT, RecordState.HIDDEN}),
        RecordState.PUBLISHED,
        may_curate,
        historic=True,
    ),
    HIDE=Transition(
        "hide",
        pgettext_lazy("record", "Hide"),
        frozenset({RecordState.PUBLISHED}),
        RecordState.HIDDEN,
        may_curate,
        historic=True,
    ),
)
