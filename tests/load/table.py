"""The goals, and the table that stands beside them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Costs = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Goal:
    """What a row should cost with 20,000 applications; only `sql` is asserted."""

    title: str
    sql: int | None = None
    cpu: int | None = None
    kilobytes: int | None = None
    seconds: float | None = None
    memory: int | None = None
    milliseconds: int | None = None
    straight: int | None = None
    ratio: float | None = None


GOALS = {
    "start": Goal("Start to first answer", seconds=3),
    "home": Goal("Public home", sql=8, cpu=12),
    "queue_first": Goal("Staff list, first page", sql=12, cpu=40, kilobytes=80),
    "queue_last": Goal("Staff list, last page", sql=12, cpu=40, kilobytes=80),
    "queue_filtered": Goal("Staff list, state and text", sql=12, cpu=50, kilobytes=80),
    "desk": Goal("One application at the desk", sql=20, cpu=50),
    "bulk_preview": Goal("Preview of a verb for 100 applications", sql=35, cpu=400),
    "bulk_reject": Goal("100 applications rejected at once", seconds=2, cpu=1500),
    "submit": Goal("Submit", sql=25, cpu=40),
    "autosave": Goal("Autosave while typing", sql=18, cpu=50),
    "panel": Goal("One part of the form, panel beside it", sql=20, cpu=50),
    "statistics": Goal("Statistics, nothing cached", cpu=100),
    "dashboard": Goal("Dashboard of a broker", sql=15, cpu=50),
    "dashboard_of_all": Goal("Dashboard of the manager", sql=15, cpu=50),
    "catalogue": Goal("Catalogue search", ratio=2),
    "csv": Goal("CSV of all applications", seconds=4, memory=150),
    "memory": Goal("Memory of a worker after all", memory=180),
}
UNITS = (
    ("sql", "SQL"),
    ("cpu", "ms CPU"),
    ("kilobytes", "KB"),
    ("seconds", "s"),
    ("memory", "MB"),
    ("milliseconds", "ms"),
    ("straight", "ms of its SQL alone"),
    ("ratio", "times the SQL"),
)


def table(found: Mapping[int, Costs]) -> str:
    """Return the table in Markdown: a line for each row, a column for each size."""
    sizes = sorted(found)
    head = ["", "goal", *(f"{size:,}" for size in sizes), "CPU, last to first"]
    lines = [
        _line(name, goal, [found[size].get(name) for size in sizes]) for name, goal in rows(found)
    ]
    rule = ["---"] * len(head)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *lines))


def rows(found: Mapping[int, Costs]) -> Iterable[tuple[str, Goal]]:
    """Return the rows that were measured."""
    measured = {name for costs in found.values() for name in costs}
    return [(name, goal) for name, goal in GOALS.items() if name in measured]


def _line(name: str, goal: Goal, costs: list[Mapping[str, Any] | None]) -> list[str]:
    asked = {unit: getattr(goal, unit) for unit, _word in UNITS}
    return [goal.title, _goal(asked), *(_cost(asked, cost) for cost in costs), _growth(costs)]


def _goal(asked: Mapping[str, float | None]) -> str:
    return ", ".join(f"≤ {asked[unit]} {word}" for unit, word in UNITS if asked[unit] is not None)


def _cost(asked: Mapping[str, float | None], cost: Mapping[str, Any] | None) -> str:
    if cost is None:
        return ""
    shown = {**cost, "kilobytes": cost["size"] / 1024 if "size" in cost else None}
    wanted = [(unit, word) for unit, word in UNITS if shown.get(unit) is not None]
    return ", ".join(f"{_number(shown[unit])} {word}" for unit, word in wanted)


def _number(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def _growth(costs: list[Mapping[str, Any] | None]) -> str:
    first, last = costs[0], costs[-1]
    if len(costs) < 2 or not first or not last or not first.get("cpu"):
        return ""
    return f"{last['cpu'] / first['cpu']:.1f}"


def broken(found: Mapping[int, Costs]) -> list[str]:
    """Return the counts that are above their goal or grow with the rows; times are never judged."""
    problems = []
    for name, goal in rows(found):
        counts = {
            size: costs[name]["sql"]
            for size, costs in found.items()
            if "sql" in costs.get(name, ())
        }
        if goal.sql is not None and any(count > goal.sql for count in counts.values()):
            problems.append(f"{goal.title}: more than {goal.sql} statements.")
        if len(set(counts.values())) > 1:
            problems.append(f"{goal.title}: the statements grow with the rows: {counts}.")
    return problems
