"""A provider's own pages: what to do, its profile, the access rules, a new record."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalogue import actions
from catalogue.enums import RecordKind
from catalogue.forms.provider import NewRecordForm, ProviderForm
from catalogue.models import AccessRules, Provider, Revision
from catalogue.permissions import may_accept_rules, may_keep
from catalogue.views.holding import provider_of
from catalogue.views.standing import Row, row, things
from portal import clock
from portal.permissions import actor, signed_in

# Another part of the catalogue answers there.
JOIN = "/provider/join/"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """List the providers one acts for or looks after; with a single one, show it."""
    user = signed_in(request)
    rows = list(
        Provider.objects.visible_to(user)
        .select_related("organisation", "region", "accepted_rules")
        .order_by("region__name", "organisation__name")
    )
    if len(rows) == 1:
        return redirect("provider", rows[0].pk)
    own = [one for one in rows if one.organisation_id in user.organisation_ids]
    others = [one for one in rows if one not in own]
    context = {"own": own, "others": others, "join_url": JOIN}
    return render(request, "catalogue/provider/home.html", context)


@require_safe
def provider(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what to do, the records and the profile."""
    one, now = provider_of(request, pk), clock.now()
    rows = _rows(request, one)
    current = list(AccessRules.objects.current(now))
    context = {
        "provider": one,
        "rows": rows,
        "things": things(one, rows, current, now=now),
        "is_current": one.accepted_rules in current,
        "may_keep": may_keep(actor(request), one),
    }
    return render(request, "catalogue/provider/provider.html", context)


def _rows(request: HttpRequest, one: Provider) -> list[Row]:
    """Return the records with their open changes."""
    now, user = clock.now(), signed_in(request)
    changes = Revision.objects.visible_to(user).open().filter(record__provider=one)
    by_record = {change.record_id: change for change in changes}
    return [row(record, by_record.get(record.pk), now=now) for record in one.records.all()]


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the profile; it is public at once."""
    one = _kept(request, pk)
    data = request.POST if request.method == "POST" else None
    form = ProviderForm(data, instance=one)
    if form.is_valid():
        actions.edit_provider(one, changes=form.cleaned_data, by=actor(request), now=clock.now())
        messages.success(request, gettext("The profile is saved."))
        return redirect("provider", pk)
    context = {"form": form, "provider": one}
    status = 422 if form.is_bound else 200
    return render(request, "catalogue/provider/edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def record_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a record: its kind and its name, then the long form."""
    one = _kept(request, pk)
    form = NewRecordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        record = actions.start_record(
            one,
            kind=RecordKind(form.cleaned_data["kind"]),
            title=form.cleaned_data["title"],
            by=actor(request),
            now=clock.now(),
        )
        return redirect("provider_record_edit", record.slug)
    context = {"form": form, "provider": one}
    status = 422 if form.is_bound else 200
    return render(request, "catalogue/provider/new.html", context, status=status)


@require_safe
def rules(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the current access rules of every programme, and which version is accepted."""
    one = provider_of(request, pk)
    current = AccessRules.objects.current(clock.now()).select_related("programme")
    context = {
        "provider": one,
        "current": list(current),
        "may_accept": may_accept_rules(actor(request), one),
    }
    return render(request, "catalogue/provider/rules.html", context)


@require_POST
def rules_accept(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """Accept a version of the rules."""
    one = provider_of(request, pk)
    accepted = get_object_or_404(AccessRules.objects.select_related("programme"), pk=version)
    try:
        actions.accept_access_rules(one, rules=accepted, by=actor(request), now=clock.now())
    except actions.OutdatedRules:
        messages.error(request, gettext("There is a newer version. Read it and accept that one."))
        return redirect("provider_rules", pk)
    messages.success(request, gettext("You have accepted the access rules."))
    return redirect("provider", pk)


def _kept(request: HttpRequest, pk: int) -> Provider:
    """Return a provider whose records the person may write. Raises Http404, PermissionDenied."""
    one = provider_of(request, pk)
    if not may_keep(actor(request), one):
        raise PermissionDenied
    return one
