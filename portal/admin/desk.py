"""The frame of every admin page: rows by visible_to, verbs by predicate, writes by action."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import (
    BaseForm,
    BaseInlineFormSet,
    DateInput,
    Field,
    ModelChoiceField,
    ModelForm,
    TextInput,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext

from portal import clock
from portal.admin.history import lines
from portal.models import JournalEntry, Stateful, User
from portal.permissions import Actor, actor, is_overseer, is_staff_member
from portal.workflow import Transition, available

type Predicate = staticmethod[..., bool]


def nobody(_by: Actor, _obj: Any = None) -> bool:
    """No person: the row is read, or changed by the buttons of its own page."""
    return False


def visible[M: models.Model](model: type[M], user: User) -> models.QuerySet[M]:
    """Return the rows of a model that the person sees here; all where the model does not narrow.

    A row of somebody's own firm is no business of the desk, so `for_desk` goes before.
    """
    rows: models.QuerySet[M] = model.objects.get_queryset()  # type: ignore[attr-defined]
    narrow = getattr(rows, "for_desk", None) or getattr(rows, "visible_to", None)
    return narrow(user) if narrow else rows


class ByPredicate(admin.options.BaseModelAdmin[Any]):
    """Permissions from predicates; Django's groups and model permissions are unused."""

    may_view: ClassVar[Predicate] = staticmethod(is_staff_member)
    may_add: ClassVar[Predicate] = staticmethod(nobody)
    may_change: ClassVar[Predicate] = staticmethod(nobody)
    # The browser's own calendar; the admin's adds a note on time zones to days, which have none.
    formfield_overrides = {
        models.DateField: {"widget": DateInput(format="%Y-%m-%d", attrs={"type": "date"})}
    }

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the app where one of its lists may be seen."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask the predicate; which rows is the question of visible_to."""
        return type(self).may_view(actor(request))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask the predicate."""
        return type(self).may_add(actor(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask the predicate; without a row it says whether there is anything to change."""
        return type(self).may_change(actor(request), obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: what happened stays, a mistake is corrected by a later row."""
        return False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows the person sees, in the order of the list."""
        rows = visible(self.model, _user(request))
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: Any, **kwargs: Any
    ) -> Field | None:
        """Leave out the buttons that open a second window: each list has its own page."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        """Offer only rows the person sees."""
        kwargs.setdefault("queryset", visible(db_field.related_model, _user(request)))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class DeskAdmin[M: models.Model](ByPredicate, admin.ModelAdmin[M]):
    """Base of our admin classes: read-only unless a subclass names predicates and actions.

    A subclass that allows adding or changing overrides add_row and change_row with actions.
    """

    change_form_template = "portal/admin/detail.html"
    list_per_page = 50
    list_max_show_all = 200
    # A second count over all rows is what makes a long list slow.
    show_full_result_count = False

    def add_row(self, obj: M, *, by: Actor, now: datetime) -> None:
        """Store a new row through an action."""
        raise NotImplementedError

    def change_row(self, obj: M, changes: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
        """Write the changed fields of a row through an action."""
        raise NotImplementedError

    def add_inline_row(self, obj: models.Model, *, by: Actor, now: datetime) -> None:
        """Store a new row of an inline through an action."""
        raise NotImplementedError

    def change_inline_row(
        self, obj: models.Model, changes: Mapping[str, Any], *, by: Actor, now: datetime
    ) -> None:
        """Write the changed fields of an inline's row through an action."""
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: M, form: ModelForm[M], change: bool) -> None:
        """Leave the writing to the subclass's action."""
        by, now = actor(request), clock.now()
        if change:
            self.change_row(obj, _changes(form), by=by, now=now)
        else:
            self.add_row(obj, by=by, now=now)

    def save_related(
        self,
        request: HttpRequest,
        form: ModelForm[M],
        formsets: list[BaseInlineFormSet[Any, Any, Any]],
        change: bool,
    ) -> None:
        """Give each changed row of the inlines to the subclass's action."""
        by, now = actor(request), clock.now()
        rows = [(formset.fk.name, row) for formset in formsets for row in formset.forms]
        for parent, row in [(parent, row) for parent, row in rows if row.has_changed()]:
            if row.instance.pk:
                self.change_inline_row(row.instance, _changes(row), by=by, now=now)
            else:
                # A page that adds its own row has its key only now.
                setattr(row.instance, parent, form.instance)
                self.add_inline_row(row.instance, by=by, now=now)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[dict[str, Any]]:
        """Say nothing: Django would ask the formsets what they saved, and actions did."""
        return []

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """Write nothing: the action has journalled it."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """Write nothing: the action has journalled it."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Call a list by what it holds; Django would ask to select one."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the journal of the row."""
        row = self.row(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("What happened"),
            "subtitle": str(row),
            "opts": self.opts,
            "original": row,
            # Notes of one region are not for the other, so details are for those who see all.
            "lines": lines(
                JournalEntry.objects.about(row), with_details=is_overseer(actor(request))
            ),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "portal/admin/history.html", context)

    def form_page(
        self, request: HttpRequest, form: BaseForm, *, title: str, submit: str, lead: str = ""
    ) -> HttpResponse:
        """Show a form of our own inside the admin's frame; the form's page takes its POST.

        Its way back leads to the row that it is about, or to the list.
        """
        about = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "form": form,
            "lead": lead,
            "submit": submit,
            "back": self.address("change", about) if about else self.address("changelist"),
        }
        return TemplateResponse(request, "portal/admin/form.html", context)

    def address(self, page: str, *args: Any) -> str:
        """Return the address of one of this class's pages, such as changelist or change."""
        return reverse(f"admin:{self._name(page)}", args=args)

    def page(self, route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
        """Return a page of our own, guarded as the others; give it to get_urls."""
        return path(route, self.admin_site.admin_view(view), name=self._name(name))

    def _name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def row(self, request: HttpRequest, object_id: str) -> M:
        """Return the row for a page or button of our own; 404 if not visible, 403 if no staff."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        return row

    def row_for(self, request: HttpRequest, object_id: str, verb: Transition) -> M:
        """Return the row for a verb's form; one that nobody may send is refused before filling."""
        row = self.row(request, object_id)
        if not verb.permits(actor(request), row):  # type: ignore[arg-type]
            raise PermissionDenied
        return row

    def offers(
        self, table: Iterable[Transition], row: Stateful, request: HttpRequest
    ) -> list[dict[str, Any]]:
        """Return what the table allows now, as links to the pages of this class."""
        return [
            {"label": verb.label, "address": self.address(verb.name, row.pk)}
            for verb in available(table, row, actor(request))
        ]

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        raise Http404


class DeskInline(ByPredicate, admin.TabularInline[Any, Any]):
    """Rows on the page of another row; the page's own admin class names the actions."""

    extra = 0
    can_delete = False
    formfield_overrides = {
        **ByPredicate.formfield_overrides,
        models.CharField: {"widget": TextInput(attrs={"size": 22})},
    }
    show_change_link = False


def _changes(form: ModelForm[Any]) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in form.changed_data}


def _user(request: HttpRequest) -> User:
    user = actor(request).user
    if user is None:
        raise PermissionDenied
    return user
