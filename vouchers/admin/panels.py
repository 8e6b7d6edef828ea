"""Buttons of a page: verbs that the workflow offers, each with a form that calls one action."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils.functional import Promise
from django.views.decorators.http import require_POST, require_safe

from portal import clock
from portal.admin import DeskAdmin
from portal.models import Stateful, User
from portal.permissions import Actor, actor, signed_in
from portal.workflow import IllegalMove, Transition
from vouchers.admin.refusals import REFUSALS, tell
from vouchers.forms.desk import DeskForm

FIELDS = "admin/vouchers/panel_fields.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb[M: Stateful]:
    """A button, offered iff the workflow offers its transition to the person.

    `suits` narrows the transition to a role, `is_due` hides what the person has done already,
    `also_from` names states in which the verb goes on without a move of its own, `then` a page of
    the desk to go on to where the person may not see the row any more.
    """

    name: str
    label: str | Promise
    transition: Transition
    form: type[DeskForm]
    run: Callable[..., str]
    lead: str | Promise = ""
    tone: str = ""
    fields: str = FIELDS
    suits: Callable[[Actor, M], bool] = lambda _by, _row: True
    is_due: Callable[[Actor, M], bool] = lambda _by, _row: True
    given: Callable[[M], dict[str, Any]] = lambda _row: {}
    submit: Callable[[M], str] | None = None
    also_from: frozenset[str] = frozenset()
    then: str = ""

    def permits(self, by: Actor, row: M) -> bool:
        """Whether the person may ever do this to the row, whatever its state."""
        return self.transition.permits(by, row) and self.suits(by, row)

    def starts_from(self, row: M) -> bool:
        """Whether the row's state lets the verb begin."""
        return row.state in self.transition.sources | self.also_from

    def require(self, row: M, by: Actor) -> None:
        """Raise PermissionDenied or IllegalMove, in this order, where the verb is not offered."""
        if not self.permits(by, row):
            raise PermissionDenied(self.name)
        if not self.starts_from(row):
            raise IllegalMove(row, self.transition)

    def ask(self, row: M, *, now: datetime, data: Any = None, files: Any = None) -> DeskForm:
        """Return the verb's form, bound when there is data."""
        return self.form(data, files, about=row, now=now, prefix=self.name, **self.given(row))


def offered[M: Stateful](verbs: Iterable[Verb[M]], row: M, by: Actor) -> list[Verb[M]]:
    """Return the verbs that the page shows, in the order of the panel."""
    return [
        verb
        for verb in verbs
        if verb.starts_from(row) and verb.permits(by, row) and verb.is_due(by, row)
    ]


@dataclass(frozen=True, slots=True)
class Panel:
    """One verb with its form; `fields` is the template of its fields."""

    label: str | Promise
    lead: str | Promise
    tone: str
    submit: str | Promise
    form: DeskForm
    fields: str
    address: str
    is_open: bool


class VerbAdmin[M: Stateful](DeskAdmin[M]):
    """A page for one row and a POST address for each of its verbs."""

    verbs: ClassVar[Mapping[str, Verb[Any]]]

    def find(self, user: User, reference: str) -> M:
        """Return the row that the person sees; raises Http404."""
        raise NotImplementedError

    def show(self, request: HttpRequest, row: M, asked: "Asked | None" = None) -> HttpResponse:
        """Draw the page, with the form that came back if there is one."""
        raise NotImplementedError

    def trail(self, request: HttpRequest) -> str:
        """Return what each address of the row carries along; a page without a queue has none."""
        return ""

    def get_urls(self) -> list[URLPattern]:
        """Add the page and the address of each verb."""
        pages = [
            self.page(f"<str:reference>/{name}/", self._press(verb), name)
            for name, verb in self.verbs.items()
        ]
        change = self.page("<str:reference>/change/", require_safe(self.read), "change")
        return [change, *pages, *super().get_urls()]

    def read(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Show the row."""
        return self.show(request, self.find(signed_in(request), reference))

    def _press(self, verb: Verb[Any]) -> Callable[..., HttpResponse]:
        @require_POST
        def press(request: HttpRequest, reference: str) -> HttpResponse:
            by, now = actor(request), clock.now()
            row = self.find(signed_in(request), reference)
            verb.require(row, by)
            form = verb.ask(row, now=now, data=request.POST, files=request.FILES)
            said = self._attempt(verb, form, row, by=by, now=now)
            if said is None:
                return self.show(request, row, Asked(verb, form))
            messages.success(request, said)
            if verb.then:
                return HttpResponseRedirect(self.address(verb.then))
            return HttpResponseRedirect(self.address("change", reference) + self.trail(request))

        return press

    def _attempt(
        self, verb: Verb[Any], form: DeskForm, row: M, *, by: Actor, now: datetime
    ) -> str | None:
        """Run the action; None where the form has errors now."""
        if not form.is_valid():
            return None
        # The row of the page carries prefetched relations, which an action must not trust.
        fresh = self.model._base_manager.get(pk=row.pk)
        try:
            return verb.run(fresh, **form.cleaned_data, by=by, now=now)
        except REFUSALS as error:
            tell(form, error)
            return None

    def panels(
        self,
        row: M,
        reference: str,
        *,
        by: Actor,
        now: datetime,
        asked: "Asked | None",
        trail: str = "",
    ) -> list[Panel]:
        """Return the buttons of the page; their addresses carry the trail along."""
        return [
            Panel(
                label=verb.label,
                lead=verb.lead,
                tone=verb.tone,
                submit=verb.submit(row) if verb.submit else verb.label,
                form=asked.form if asked and asked.verb is verb else verb.ask(row, now=now),
                fields=verb.fields,
                address=self.address(verb.name, reference) + trail,
                is_open=asked is not None and asked.verb is verb,
            )
            for verb in offered(self.verbs.values(), row, by)
        ]


@dataclass(frozen=True, slots=True)
class Asked:
    """A verb that was pressed, with the form that came back."""

    verb: Verb[Any]
    form: DeskForm
