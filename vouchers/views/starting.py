"""Starting an application: which call, which voucher, with which partner."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.models import Record
from catalogue.search import Criteria
from catalogue.search import find as find_records
from portal import clock
from portal.accounts.organisations import AFTER_ORGANISATION
from portal.middleware import KEPT_TEXT, keeps_text
from portal.models import Organisation
from portal.permissions import actor, signed_in
from vouchers.actions import draft_rows, drafts
from vouchers.actions.draft_rows import HostFields, NotOffered, TooManyHosts
from vouchers.actions.whole_parts import HOSTS, whole_of
from vouchers.cases import hosts_with_consents, participating_regions
from vouchers.cases.opened import is_open, opened_in
from vouchers.enums import EDITABLE, CrossingRule
from vouchers.forms.hosts import HostForm
from vouchers.forms.rows import problems_of
from vouchers.models import Application, Call, CallVoucherType, Host
from vouchers.permissions import seat_of
from vouchers.rules.verdict import Refused
from vouchers.views.checks import panel_of, sentences
from vouchers.views.drafting import closed_sentences, kept_data, read_only
from vouchers.views.finding import may_edit, shared
from vouchers.views.partners import partners_of
from vouchers.views.parts import raw, seen_in
from vouchers.views.progress import next_page, tasks_of
from vouchers.views.standing import page
from vouchers.views.suggesting import suggested

SHOWN_RECORDS = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """A voucher of an open call that can be applied for."""

    offer: CallVoucherType
    url: str
    takes_record: bool


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Choose the voucher; a record of the catalogue comes along as the partner."""
    organisations = list(Organisation.objects.of(signed_in(request)))
    if not organisations:
        request.session[AFTER_ORGANISATION] = request.get_full_path()
        messages.info(
            request, gettext("Name your organisation first. Then you can choose your voucher.")
        )
        return redirect("organisations")
    now = clock.now()
    record = _record(request)
    offers = CallVoucherType.objects.accepting(now).filter(
        call__programme__is_historic=False, voucher_type__is_offered=True
    )
    context = {
        "record": record,
        "is_own_region": _is_own_region(record, organisations),
        "choices": [
            _choice(offer, record)
            for offer in offers.select_related("call__programme", "voucher_type")
        ],
        "drafts": Application.objects.filter(
            organisation__in=organisations, state__in=EDITABLE, offer__in=offers
        ).select_related("voucher_type", "call"),
    }
    return render(request, "vouchers/applicant/start.html", context)


def _record(request: HttpRequest) -> Record | None:
    slug = request.POST.get("record") or request.GET.get("record") or ""
    offered = Record.objects.offered(clock.now()).select_related("provider__organisation", "region")
    return offered.filter(slug=slug.replace("\0", "")).first()


def _is_own_region(record: Record | None, organisations: list[Organisation]) -> bool:
    """Whether the partner sits in the one region of the firms: no voucher crosses to there."""
    return record is not None and {o.region_id for o in organisations} == {record.region_id}


def _choice(offer: CallVoucherType, record: Record | None) -> Choice:
    kind = offer.voucher_type
    url = reverse("application_new", args=[offer.call.slug, kind.code])
    query = f"?{urlencode({'record': record.slug})}" if record else ""
    return Choice(offer, url + query, record is None or kind.kind in record.voucher_kinds)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, call_slug: str, voucher_type: str) -> HttpResponse:
    """Say what will happen, and start the draft."""
    public = Call.objects.public().filter(programme__is_historic=False)
    offer = get_object_or_404(
        CallVoucherType.objects.select_related("call__programme", "voucher_type"),
        call__in=public,
        call__slug=call_slug,
        voucher_type__code=voucher_type,
    )
    organisations = list(
        Organisation.objects.of(signed_in(request)).exclude(region=None).select_related("region")
    )
    if not organisations:
        messages.info(request, gettext("Name the region of your organisation first."))
        return redirect("organisations")
    if request.method == "POST":
        return _begin(request, offer, organisations)
    return _offer_page(request, offer, organisations)


def _begin(
    request: HttpRequest, offer: CallVoucherType, organisations: list[Organisation]
) -> HttpResponse:
    wanted = request.POST.get("organisation", str(organisations[0].pk))
    chosen = next((o for o in organisations if str(o.pk) == wanted), None)
    if chosen is None:
        return _offer_page(
            request,
            offer,
            organisations,
            refusals=[gettext("Choose your organisation")],
            status=422,
        )
    try:
        row = draft_rows.begin(
            offer,
            organisation=chosen,
            record=_record(request),
            by=actor(request),
            now=clock.now(),
        )
    except Refused as refused:
        said = sentences(refused.verdict)
        return _offer_page(request, offer, organisations, refusals=said, status=409)
    return redirect(next_page(row, tasks_of(row)))


def _offer_page(
    request: HttpRequest,
    offer: CallVoucherType,
    organisations: list[Organisation],
    *,
    refusals: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    record = _record(request)
    context = {
        "offer": offer,
        "call": offer.call,
        "voucher_type": offer.voucher_type,
        "organisations": organisations,
        "record": record,
        "is_own_region": _is_own_region(record, organisations)
        and offer.general_terms.crossing_rule == CrossingRule.OTHER_REGION,
        "refusals": refusals or [],
        "programme": offer.call.programme,
    }
    return render(request, "vouchers/applicant/new.html", context, status=status)


@keeps_text
@require_http_methods(["GET", "HEAD", "POST"])
def hosts(request: HttpRequest, address: str) -> HttpResponse:
    """Choose partners from the catalogue, or name them by hand."""
    row, seat = shared(request, address)
    if not may_edit(request, row, seat, "hosts"):
        return read_only(request, row, seat, "hosts")
    if request.method == "POST":
        request.session.pop(KEPT_TEXT, None)
        return _change_hosts(request, row)
    if row.state not in EDITABLE:
        return redirect(page(row))
    if not is_open(opened_in(row), ["hosts"]):
        messages.info(
            request,
            gettext("Your partner stays as you sent it: your broker has not asked about it."),
        )
        return redirect(page(row))
    typed = MultiValueDict(row.typed.get("hosts", {}))
    return _hosts_page(request, row, _host_form(row, kept_data(request) or typed or None))


def _host_form(row: Application, data: Any = None) -> HostForm:
    needs_contact = row.terms.needs_consent
    return HostForm(data, regions=participating_regions(row.call), needs_contact=needs_contact)


def _change_hosts(request: HttpRequest, row: Application) -> HttpResponse:
    form = None
    stored = [_as_fields(host) for host in row.hosts.all()]
    if "choose" in request.POST:
        stored = _with(row, stored, _from_record(row, request.POST["choose"]))
    elif "remove" in request.POST:
        gone = request.POST["remove"]
        stored = [_as_fields(host) for host in row.hosts.all() if str(host.pk) != gone]
    else:
        form = _host_form(row, request.POST)
        if not form.is_valid():
            return _keep_typed(request, row, form)
        stored = _with(row, stored, HostFields(**form.cleaned_data))
    try:
        saved = draft_rows.set_hosts(
            row, hosts=stored, seen=seen_in(request.POST), by=actor(request), now=clock.now()
        )
    except Refused as refused:
        said = sentences(refused.verdict)
        return _hosts_page(request, row, form or _host_form(row), refusals=said, status=409)
    except TooManyHosts:
        said = [
            gettext("This voucher takes up to %(number)d partners. Remove one first")
            % {"number": row.terms.max_hosts}
        ]
        return _hosts_page(request, row, form or _host_form(row), refusals=said, status=422)
    except NotOffered:
        said = [gettext("This record cannot be chosen now. Choose another, or ask your broker")]
        return _hosts_page(request, row, form or _host_form(row), refusals=said, status=422)
    if saved.conflicts:
        return _somebody_else(request, row, form)
    return redirect("application_hosts", row.address)


def _somebody_else(request: HttpRequest, row: Application, form: HostForm | None) -> HttpResponse:
    said = [
        gettext(
            "Somebody else has changed the partners since you opened this page. They are shown "
            "below: choose again if you still want to"
        )
    ]
    fresh, _seat = shared(request, row.address)
    return _hosts_page(request, fresh, form or _host_form(row), refusals=said, status=409)


def _keep_typed(request: HttpRequest, row: Application, form: HostForm) -> HttpResponse:
    # A second partner that was begun and left must not stand in the way of the first.
    typed = {} if row.hosts.all() else raw(request.POST)
    try:
        saved = drafts.keep_typed(
            row,
            section=HOSTS,
            typed=typed,
            seen=seen_in(request.POST),
            by=actor(request),
            now=clock.now(),
        )
    except Refused as refused:
        said = sentences(refused.verdict)
        return _hosts_page(request, row, form, refusals=said, status=409)
    if saved.conflicts:
        return _somebody_else(request, row, form)
    row.typed = saved.application.typed
    return _hosts_page(request, row, form, status=422)


def _with(row: Application, stored: list[HostFields], host: HostFields) -> list[HostFields]:
    """Return the partners with one more; where only one may be named, it takes the place."""
    if row.terms.max_hosts == 1:
        return [host]
    same = [s for s in stored if s.record and s.record == host.record]
    return stored if same else [*stored, host]


def _from_record(row: Application, slug: str) -> HostFields:
    offered = Record.objects.offered(clock.now())
    record = get_object_or_404(offered, slug=slug.replace("\0", ""))
    return draft_rows.host_of(record)


def _as_fields(host: Host) -> HostFields:
    return HostFields(
        name=host.name,
        record=host.record,
        region=host.region,
        country=host.country,
        contact_name=host.contact_name,
        contact_email=host.contact_email,
        website=host.website,
    )


def _hosts_page(
    request: HttpRequest,
    row: Application,
    form: HostForm,
    *,
    refusals: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    now, seat = clock.now(), seat_of(actor(request), row)
    stored = list(hosts_with_consents().filter(application=row))
    words = request.GET.get("q", "").replace("\0", "")[:200]
    context = {
        "application": row,
        "form": form,
        "problems": problems_of(form) if form.is_bound else [],
        "refusals": refusals or closed_sentences(row, now=now),
        "hosts": stored,
        "partners": partners_of(row, stored),
        "mark": whole_of(row, HOSTS).mark,
        "room": row.terms.max_hosts - len(stored),
        "words": words,
        "found": _found(row, words) if words or not stored else [],
        "suggested": suggested(row, now=now),
        "panel": panel_of(row, now=now),
        "next_url": next_page(row, tasks_of(row, seat), after="hosts"),
        "seat": seat,
        "programme": row.call.programme,
    }
    return render(request, "vouchers/applicant/hosts.html", context, status=status)


def _found(row: Application, words: str) -> list[Record]:
    """Return records that take this voucher, outside the own region, best match first."""
    across = row.terms.crossing_rule == CrossingRule.OTHER_REGION
    criteria = Criteria(
        words=words,
        chosen={"voucher": (row.voucher_type.kind,)},
        left_out=row.home_region if across else None,
    )
    return list(find_records(criteria, now=clock.now()).records)[:SHOWN_RECORDS]
