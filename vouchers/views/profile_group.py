"""The ownership tree of a profile: who stands around a firm, and what each counts for."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.middleware import keeps_text
from portal.permissions import Actor, actor
from vouchers.actions import profiles
from vouchers.cases.profiles import FIRM
from vouchers.forms import profiles as forms
from vouchers.rules.ownership import around
from vouchers.views.drafting import kept_data
from vouchers.views.profiles import Profile, ask, profile_at, seen_by
from vouchers.words import CONTROL_WORDS, KIND_WORDS, RELATION_WORDS


@require_safe
def group(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the ownership tree with what each party counts for."""
    profile = profile_at(request, pk)
    if "group" not in profile.steps:
        return redirect("profile_step", pk, "around")
    steps = profile.steps
    context = {
        "profile": profile,
        "parties": _parties(profile),
        "stakes": _stakes(profile),
        "place": steps.index("group") + 1,
        "total": len(steps),
    }
    return render(request, "vouchers/profile/group.html", context)


def _parties(profile: Profile) -> list[dict[str, Any]]:
    said = profile.said.group
    near = around(said, on=profile.day)
    partners = {
        key: partner.percent for partner in near.partners for key in (partner.key, *partner.linked)
    }
    found = []
    for key, party in said.parties.items():
        relation, percent = "autonomous", None
        if key in near.linked:
            relation = "linked"
        elif key in partners:
            relation, percent = "partner", partners[key]
        found.append(
            {
                "key": key,
                "party": party,
                "kind": KIND_WORDS[party.kind],
                "relation": "" if key == FIRM else RELATION_WORDS[relation],
                "percent": percent,
                "is_exempt": key in near.exempt,
                "counts": relation != "autonomous",
                "figures": party.figures[-1] if party.figures else None,
            }
        )
    return [one for one in found if one["key"] != FIRM]


def _stakes(profile: Profile) -> list[dict[str, Any]]:
    said = profile.said.group
    return [
        {
            "holder": said.parties[stake.holder],
            "held": said.parties[stake.held],
            "stake": stake,
            "control": CONTROL_WORDS[stake.control] if stake.control else "",
        }
        for stake in said.stakes
    ]


@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def party(request: HttpRequest, pk: int, key: str = "") -> HttpResponse:
    """Add somebody to the tree, or change what is said of it."""
    profile = profile_at(request, pk)
    parties = profile.row.parties if profile.row else []
    row = next((one for one in parties if one["key"] == key), None)
    if profile.said.stands_alone is not False or (key and row is None):
        raise Http404
    data = request.POST if request.method == "POST" else kept_data(request)
    form = _party_form(profile, row, data)
    if request.method != "POST":
        return ask(request, profile, "party", form)
    if not form.is_valid():
        return ask(request, profile, "party", form, status=422)
    stake = form.new_stake() if isinstance(form, forms.NewPartyForm) else None
    return _store(
        request,
        profile,
        "party",
        form,
        lambda how: profiles.put_party(
            profile.organisation,
            party=form.party(key),
            register_number=form.cleaned_data["register_number"],
            stake=stake,
            **how,
        ),
    )


def _store(
    request: HttpRequest,
    profile: Profile,
    name: str,
    form: Any,
    put: Callable[[dict[str, Any]], object],
) -> HttpResponse:
    pk = profile.organisation.pk
    try:
        put({"seen": seen_by(request), "by": actor(request), "now": profile.now})
    except profiles.ChangedMeanwhile:
        return ask(request, profile_at(request, pk), name, form, changed=True, status=409)
    except profiles.TooManyParties:
        form.add_error(
            None,
            gettext("The tree takes %(number)d at most. Leave out who holds less than 25%%")
            % {"number": profiles.MOST_PARTIES},
        )
        return ask(request, profile, name, form, status=422)
    return redirect("profile_group", pk)


def _party_form(profile: Profile, row: dict[str, Any] | None, data: Any) -> forms.PartyForm:
    if row is None:
        return forms.NewPartyForm(data, known=profile.known, today=profile.day)
    said = profile.said.group.parties[row["key"]]
    initial: dict[str, Any] = {
        name: getattr(said, name) for name in ("name", "kind", "country", "invested", "budget")
    }
    initial |= {"inhabitants": said.inhabitants, "register_number": row["register_number"]}
    if said.figures:
        newest = said.figures[-1]
        initial |= {name: getattr(newest, name) for name in ("year", *forms.MONEY)}
    return forms.PartyForm(data, initial=initial, today=profile.day)


@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def stake(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a share between two that are in the tree."""
    profile = profile_at(request, pk)
    if profile.said.stands_alone is not False:
        raise Http404
    data = request.POST if request.method == "POST" else kept_data(request)
    form = forms.StakeForm(data, known=profile.known)
    if request.method != "POST":
        return ask(request, profile, "stake", form)
    if not form.is_valid():
        return ask(request, profile, "stake", form, status=422)
    made = form.stake(form.cleaned_data["holder"], form.cleaned_data["held"])
    return _store(
        request,
        profile,
        "stake",
        form,
        lambda how: profiles.put_stake(profile.organisation, stake=made, **how),
    )


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take somebody, or a share, out of the tree."""
    profile = profile_at(request, pk)
    by: Actor = actor(request)
    if "party" in request.POST:
        key = request.POST["party"]
        profiles.remove_party(profile.organisation, key=key, by=by, now=profile.now)
    else:
        profiles.remove_stake(
            profile.organisation,
            holder=request.POST.get("holder", ""),
            held=request.POST.get("held", ""),
            by=by,
            now=profile.now,
        )
    messages.success(request, gettext("Removed."))
    return redirect("profile_group", pk)
