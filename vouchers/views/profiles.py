"""The undertaking's profile: an interview, one question a page, and the class with its sums."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.enums import DocumentState
from portal.middleware import keeps_text
from portal.models import Organisation
from portal.permissions import actor, signed_in
from vouchers.actions import profiles
from vouchers.cases import local_day
from vouchers.cases.profiles import FIRM, Statement, statement_of
from vouchers.documents.sme_declaration import activity_words
from vouchers.enums import NaceRevision
from vouchers.forms import profiles as forms
from vouchers.models import UndertakingProfile
from vouchers.reasons import arithmetic, sentence
from vouchers.rules import group_size
from vouchers.views.applicant import download
from vouchers.views.drafting import kept_data
from vouchers.words import SIZE_WORDS

STEPS = ("activity", "figures", "around", "group", "conduct", "confirm")


def names() -> dict[str, str]:
    """Return the name of each step."""
    return {
        "activity": gettext("What your firm does"),
        "figures": gettext("Your firm's own figures"),
        "around": gettext("Does your firm stand alone?"),
        "group": gettext("Owners and holdings"),
        "conduct": gettext("Two last questions"),
        "confirm": gettext("See the class and confirm"),
    }


@dataclass(frozen=True, slots=True)
class Profile:
    """An organisation's profile as the pages show it; `row` is None before the first answer."""

    organisation: Organisation
    row: UndertakingProfile | None
    now: datetime

    @property
    def day(self) -> date:
        """The day at the firm's place."""
        region = self.organisation.region
        return local_day(self.now, region) if region else self.now.date()

    @property
    def version(self) -> int:
        """What a page has seen; 0 before the first answer."""
        return self.row.version if self.row else 0

    @property
    def said(self) -> Statement:
        """The profile as it stands."""
        unsaved = UndertakingProfile(organisation=self.organisation, saved_at=self.now)
        return statement_of(self.row or unsaved)

    @property
    def steps(self) -> list[str]:
        """The steps that apply: who stands alone is not asked about others."""
        return [step for step in STEPS if step != "group" or self.said.stands_alone is False]

    @property
    def known(self) -> list[tuple[str, str]]:
        """Key and name of those in the tree, the firm first."""
        parties = self.row.parties if self.row else []
        named = [(party["key"], party["name"]) for party in parties]
        return [(FIRM, self.organisation.name), *named]

    @property
    def is_current(self) -> bool:
        """Whether the confirmed profile is what the profile says now."""
        return self.row is not None and profiles.is_current(self.row)


def profile_at(request: HttpRequest, pk: int) -> Profile:
    """Return the profile of one's own organisation; 404 for another's."""
    mine = Organisation.objects.of(signed_in(request)).select_related("region")
    organisation = get_object_or_404(mine, pk=pk)
    return Profile(organisation, profiles.profile_of(organisation), clock.now())


@require_safe
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the profile says, step by step."""
    profile = profile_at(request, pk)
    missing = profile.said.missing
    rows = [
        {"step": step, "name": names()[step], "is_done": step not in missing, "words": words}
        for step in profile.steps
        if step != "confirm"
        for words in [_words_of(profile, step)]
    ]
    first = next((step for step in profile.steps if step in missing), "confirm")
    context = {
        "profile": profile,
        "rows": rows,
        "next_step": first,
        "is_ready": not missing,
        "size": SIZE_WORDS[profile.row.confirmed["size"]]
        if profile.row and profile.row.confirmed
        else "",
        "document": profile.row.declaration if profile.row else None,
    }
    return render(request, "vouchers/profile/overview.html", context)


def _words_of(profile: Profile, step: str) -> str:
    said = profile.said
    if step in said.missing:
        return ""
    match step:
        case "activity":
            return activity_words(said.nace_code, said.nace_revision)
        case "figures":
            years = ", ".join(str(one.year) for one in said.figures)
            return gettext("Years: %(years)s") % {"years": years}
        case "around":
            return pgettext("answer", "Yes") if said.stands_alone else pgettext("answer", "No")
        case "group":
            return ", ".join(name for _key, name in profile.known[1:])
    return gettext("Answered")


@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Ask one question, or store its answer."""
    profile = profile_at(request, pk)
    if name not in _FORMS or name not in profile.steps:
        raise Http404
    asked = _FORMS[name]
    if request.method != "POST":
        kept = kept_data(request)
        form = asked.make(profile, kept) if kept else asked.make(profile, None)
        return ask(request, profile, name, form)
    form = asked.make(profile, request.POST)
    if not form.is_valid():
        return ask(request, profile, name, form, status=422)
    seen = seen_by(request)
    try:
        asked.store(profile.organisation, form, seen=seen, by=actor(request), now=profile.now)
    except profiles.ChangedMeanwhile:
        return ask(request, profile_at(request, pk), name, form, changed=True, status=409)
    return redirect("profile_step", pk, _after(profile_at(request, pk), name))


def seen_by(request: HttpRequest) -> int:
    """Return the version of the profile that the page has shown; -1 where it does not say."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < len("10000000") else -1


def _after(profile: Profile, name: str) -> str:
    steps = profile.steps
    return steps[min(steps.index(name) + 1, len(steps) - 1)]


def ask(
    request: HttpRequest,
    profile: Profile,
    name: str,
    form: Any,
    *,
    changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Render one question; `name` is its step, or the kind of entry of the tree."""
    steps = profile.steps
    place = steps.index(name) + 1 if name in steps else 0
    context = {
        "profile": profile,
        "form": form,
        "step": name,
        "place": place,
        "total": len(steps),
        "before": steps[place - 2] if place > 1 else "",
        "changed": changed,
    }
    return render(request, "vouchers/profile/step.html", context, status=status)


@dataclass(frozen=True, slots=True)
class Asked:
    """A step that is one form: how it is made and what stores it."""

    make: Callable[[Profile, Any], Any]
    store: Callable[..., object]


def _activity(profile: Profile, data: Any) -> forms.ActivityStep:
    said = profile.said
    initial = {
        "nace_code": said.nace_code,
        "nace_revision": said.nace_revision or NaceRevision.REV_2_1,
        "has_separate_accounts": said.has_separate_accounts,
    }
    return forms.ActivityStep(data, initial=initial)


def _save_activity(organisation: Organisation, form: Any, **how: Any) -> None:
    profiles.set_activity(organisation, **form.cleaned_data, **how)


def _figures(profile: Profile, data: Any) -> forms.FiguresStep:
    rows = {row.year: row for row in profile.organisation.figures.all()}
    newest = rows.get(max(rows, default=0))
    initial: dict[str, Any] = {}
    if newest:
        before = rows.get(newest.year - 1)
        initial = {"year": newest.year, "is_estimate": newest.is_estimate}
        initial |= {name: getattr(newest, name) for name in forms.MONEY}
        if before:
            initial |= {f"before_{name}": getattr(before, name) for name in forms.MONEY}
    return forms.FiguresStep(data, initial=initial, today=profile.day)


def _save_figures(organisation: Organisation, form: Any, **how: Any) -> None:
    profiles.set_figures_by_year(organisation, years=form.years, **how)


def _around(profile: Profile, data: Any) -> forms.AroundStep:
    return forms.AroundStep(data, initial={"stands_alone": forms.yes(profile.said.stands_alone)})


def _save_around(organisation: Organisation, form: Any, **how: Any) -> None:
    alone = form.cleaned_data["stands_alone"] == "yes"
    profiles.set_around(organisation, stands_alone=alone, **how)


CONDUCT = ("is_taken_over", "is_insolvent")


def _conduct(profile: Profile, data: Any) -> forms.ConductStep:
    said = profile.said
    initial = {name: forms.yes(getattr(said, name)) for name in CONDUCT}
    return forms.ConductStep(data, initial=initial)


def _save_conduct(organisation: Organisation, form: Any, **how: Any) -> None:
    given = {name: form.cleaned_data[name] == "yes" for name in CONDUCT}
    profiles.set_conduct(organisation, **given, **how)


_FORMS = {
    "activity": Asked(_activity, _save_activity),
    "figures": Asked(_figures, _save_figures),
    "around": Asked(_around, _save_around),
    "conduct": Asked(_conduct, _save_conduct),
}


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the class with its arithmetic, and let somebody declare it."""
    profile = profile_at(request, pk)
    missing = profile.said.missing
    if missing:
        messages.info(request, gettext("Answer the open questions first."))
        return redirect("profile_overview", pk)
    if request.method != "POST":
        return _result(request, profile)
    if "true" not in request.POST:
        problem = gettext("Tick that the statements are complete and true")
        return _result(request, profile, problem=problem, status=422)
    try:
        profiles.confirm(
            profile.organisation, seen=seen_by(request), by=actor(request), now=profile.now
        )
    except profiles.ChangedMeanwhile:
        return _result(request, profile_at(request, pk), changed=True, status=409)
    messages.success(request, gettext("The profile is confirmed. Applications rest on it now."))
    return redirect("profile_overview", pk)


def _result(
    request: HttpRequest,
    profile: Profile,
    *,
    problem: str = "",
    changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    said = profile.said
    verdict = group_size.check_group(
        said.group,
        on=profile.day,
        taken_over=bool(said.is_taken_over),
        is_estimate=said.is_estimate,
    )
    size = said.size(on=profile.day)
    context = {
        "profile": profile,
        "size": SIZE_WORDS[size.size] if size else "",
        "reasons": [sentence(reason) for reason in verdict.reasons],
        "notes": [sentence(note) for note in verdict.notes],
        "lines": [arithmetic(line) for line in verdict.arithmetic],
        "years": [(year, SIZE_WORDS[one]) for year, one in size.years] if size else [],
        "activity": activity_words(said.nace_code, said.nace_revision),
        "place": len(profile.steps),
        "total": len(profile.steps),
        "problem": problem,
        "changed": changed,
    }
    return render(request, "vouchers/profile/confirm.html", context, status=status)


@require_safe
def declaration(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give the declaration as it was confirmed last."""
    profile = profile_at(request, pk)
    document = profile.row.declaration if profile.row else None
    if document is None:
        raise Http404
    if document.state != DocumentState.READY:
        messages.info(request, gettext("The PDF is being made. Try again in a minute."))
        return redirect("profile_overview", pk)
    return download(document.file, name=f"{document.number}.pdf", content_type="application/pdf")
