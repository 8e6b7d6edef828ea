"""A partner's consent: asked by the SME on its partner page, answered without an account."""

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.accounts.mail_links import link_view
from portal.enums import LinkPurpose, Locale
from portal.models import MailLink
from portal.permissions import actor
from vouchers.actions import consents
from vouchers.actions.consents import AlreadyAsked, Confirmation, NoContact, NotNeeded
from vouchers.actions.drafts import time_left
from vouchers.actions.signing import PartnerRefused
from vouchers.enums import EDITABLE, ConsentState, QuestionKind
from vouchers.forms.consent import ConsentForm, DeclineForm
from vouchers.models import Application, Host, PartnerConsent
from vouchers.notifications import answer_until
from vouchers.rules.conditions import asked_among
from vouchers.rules.verdict import Refused
from vouchers.snapshots import asked_of
from vouchers.views.answers import Line, Shown, in_words
from vouchers.views.checks import sentences
from vouchers.views.finding import may_edit, shared
from vouchers.views.totals import totals_of

DONE = "vouchers.consent"
MONTH = 30 * 24 * 3600
HOSTS = "application_hosts"


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, address: str) -> HttpResponse:
    """Ask a partner's contact for consent; asked again while it waits, nothing is sent."""
    row, seat = shared(request, address)
    if request.method != "POST":
        return redirect(HOSTS, row.address)
    may_edit(request, row, seat, "hosts")
    wanted = request.POST.get("host", "")
    host = get_object_or_404(row.hosts, pk=int(wanted) if wanted.isdecimal() else 0)
    if not ratelimit.consume(request, action="ask_partner"):
        return render(request, "429.html", status=429)
    _put(request, host)
    return redirect(HOSTS, row.address)


def _put(request: HttpRequest, host: Host) -> None:
    """Put the question, and tell what came of it."""
    by, now = actor(request), clock.now()
    try:
        consents.ask(host, by=by, now=now, link_now=timezone.now())
    except AlreadyAsked as already:
        messages.info(request, _already(already.consent))
    except NoContact:
        messages.error(request, _no_contact(is_record=host.record_id is not None))
    except Host.DoesNotExist:
        raise Http404 from None
    except PartnerRefused:
        messages.error(
            request,
            gettext("The partner's region does not accept %(partner)s. Choose another.")
            % {"partner": host.name},
        )
    except NotNeeded:
        messages.info(request, gettext("This voucher needs no consent of your partner."))
    except Refused as refused:
        messages.error(request, f"{'. '.join(sentences(refused.verdict))}.")
    else:
        messages.success(
            request,
            gettext("We have written to %(partner)s. You get a mail when it answers.")
            % {"partner": host.name},
        )


def _already(consent: PartnerConsent) -> str:
    names = {"partner": consent.partner}
    if consent.is_given:
        return gettext("%(partner)s has confirmed already.") % names
    return gettext("%(partner)s was asked already and has not answered. Nothing was sent.") % names


def _no_contact(*, is_record: bool) -> str:
    if is_record:
        return gettext(
            "The catalogue knows no address of this partner. Ask your Access Broker for help."
        )
    return gettext(
        "We know no address of this partner. Remove it and name it again with name and e-mail "
        "address of a contact."
    )


def _renew(_request: HttpRequest, link: MailLink) -> bool:
    return consents.renew(link, now=clock.now(), link_now=timezone.now())


@link_view(LinkPurpose.PARTNER_CONSENT, renew=_renew)
def partner_consent(request: HttpRequest, link: MailLink, token: str) -> HttpResponse:
    """Show the project and take the partner's answer; only the buttons act."""
    consent = consents.behind(link)
    if not consents.is_open(consent, now=clock.now()):
        return _closed(request, consent)
    if request.method != "POST":
        return _page(request, consent, ConsentForm(), DeclineForm())
    form, no = ConsentForm(request.POST), DeclineForm(request.POST)
    language = get_language() or ""
    given = {
        "language": language if language in Locale.values else "",
        "now": clock.now(),
        "link_now": timezone.now(),
    }
    try:
        answered = _answer(request, token, form, no, given)
    except Refused:
        return _closed(request, consent)
    if answered is None:
        return _page(request, consent, form, no, status=422)
    return redirect("partner_consent_given", signing.dumps(answered.pk, salt=DONE))


def _answer(
    request: HttpRequest, token: str, form: ConsentForm, no: DeclineForm, given: dict[str, Any]
) -> PartnerConsent | None:
    """Confirm or decline; None where the form has errors now."""
    if request.POST.get("answer") == "decline":
        form.quiet()
        if not no.is_valid():
            return None
        return consents.decline_by_link(token, reason=no.cleaned_data["reason"], **given)
    no.errors.clear()
    if not form.is_valid():
        return None
    said = {name: value for name, value in form.cleaned_data.items() if name != "may_confirm"}
    return consents.give_by_link(token, said=Confirmation(**said), **given)


def _closed(request: HttpRequest, consent: PartnerConsent) -> HttpResponse:
    """Say that no answer counts any more, and why."""
    application = consent.application
    reasons: list[str] = []
    if application.state in EDITABLE:
        reasons = sentences(time_left(application, now=clock.now()))
    context = {"consent": consent, "application": application, "reasons": reasons}
    return render(request, "vouchers/consent/closed.html", context, status=410)


def _page(
    request: HttpRequest,
    consent: PartnerConsent,
    form: ConsentForm,
    no: DeclineForm,
    *,
    status: int = 200,
) -> HttpResponse:
    application = consent.application
    until, zone = answer_until(application)
    context = {
        "consent": consent,
        "application": application,
        "parts": _seen_by_host(application),
        "costs": list(application.cost_lines.select_related("kind")),
        "totals": totals_of(application),
        "form": form,
        "no": no,
        "wrong": no if no.is_bound and no.errors else form,
        "until": until,
        "zone": zone,
        "programme": application.call.programme,
    }
    return render(request, "vouchers/consent/page.html", context, status=status)


def _seen_by_host(application: Application) -> list[Shown]:
    """Return the answers that the host region may read, in words."""
    parts: dict[str, Shown] = {}
    for question in asked_among(asked_of(application)):
        asked: Any = question
        if not question.seen_by_host or question.kind == QuestionKind.COST_TABLE:
            continue
        text = ", ".join(asked.files) or in_words(question, asked.given)
        if text:
            part = parts.setdefault(question.section, Shown(question.section_title, "", []))
            part.lines.append(Line(question.label, text))
    return list(parts.values())


@login_not_required
@never_cache
@require_safe
def partner_consent_given(request: HttpRequest, token: str) -> HttpResponse:
    """Say thank you and repeat what was confirmed; the token stands for the answer."""
    try:
        pk = signing.loads(token, salt=DONE, max_age=MONTH)
    except signing.BadSignature:
        raise Http404 from None
    answered = PartnerConsent.objects.exclude(state=ConsentState.ASKED)
    consent = get_object_or_404(answered.select_related(*consents.AROUND), pk=pk)
    context = {"consent": consent, "application": consent.application}
    return render(request, "vouchers/consent/given.html", context)
