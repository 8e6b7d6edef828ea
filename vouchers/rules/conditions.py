"""Questions that are asked only after a certain answer to an earlier one."""

from collections.abc import Iterable
from typing import Any, Protocol


class Conditional(Protocol):
    """A question with its answer `given`; an empty `shown_if_key` is asked in any case."""

    key: Any
    shown_if_key: Any
    shown_if_value: Any
    given: Any


def asked_among[Question: Conditional](questions: Iterable[Question]) -> list[Question]:
    """The questions that are asked, in order.

    One that hangs on a question that is not asked is not asked either.
    """
    given: dict[str, str] = {}
    asked = []
    for question in questions:
        on = question.shown_if_key
        if not on or given.get(on) == question.shown_if_value:
            given[question.key] = str(question.given)
            asked.append(question)
    return asked
