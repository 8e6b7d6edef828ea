"""Payment batches at the desk: what waits for payment, a batch, its files, what the bank did."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.exports import stream_csv
from portal.models import User
from portal.money import ZERO
from portal.permissions import Actor, actor, is_staff_member, may_set_up, signed_in
from portal.workflow import IllegalMove
from vouchers.actions import payments
from vouchers.actions.payments import NotPayable
from vouchers.admin.history import history_of
from vouchers.admin.panels import Asked, Verb, VerbAdmin
from vouchers.cases import local_day
from vouchers.cases.payments import Debtor, debtor_of, payable_by, waiting
from vouchers.documents.instruction import InvalidInstruction
from vouchers.documents.payment_advice import masked
from vouchers.enums import InstructionState
from vouchers.exports import INSTRUCTIONS
from vouchers.forms.batches import BankRefusalForm, DiscardForm, ExecutedForm, MakeBatchForm, chosen
from vouchers.models import Claim, Instruction, PaymentBatch, Pot
from vouchers.permissions import may_instruct
from vouchers.reasons import sentence
from vouchers.rules.verdict import Reason, ReasonCode, Refused
from vouchers.workflow import BATCH, INSTRUCTION

LONGEST_ID = 18
BOTH = require_http_methods(["GET", "HEAD", "POST"])
TONES = {
    InstructionState.OPEN: "info",
    InstructionState.PAID: "ok",
    InstructionState.REFUSED: "bad",
    InstructionState.DISCARDED: "line",
}


def _execute(batch: PaymentBatch, *, by: Actor, now: datetime, **given: Any) -> str:
    number = batch.instructions.filter(state=InstructionState.OPEN).count()
    left = len(payments.execute(batch, **given, by=by, now=now))
    if left:
        words = gettext(
            "%(paid)d of %(number)d payments are booked. What you approved yourself, or what was "
            "revoked, stays open: somebody else settles it."
        )
        return words % {"paid": number - left, "number": number}
    words = ngettext("%(paid)d payment is booked.", "%(paid)d payments are booked.", number)
    return words % {"paid": number}


def _discard(batch: PaymentBatch, *, by: Actor, now: datetime, **given: Any) -> str:
    payments.discard(batch, **given, by=by, now=now)
    return gettext("The batch is discarded. Its claims wait for payment again.")


_ALL: tuple[Verb[PaymentBatch], ...] = (
    Verb(
        name="execute",
        label=_("The bank has executed it"),
        transition=BATCH.CLOSE,
        form=ExecutedForm,
        run=_execute,
        lead=_("Every payment that is still with the bank is booked, and its firm gets a mail."),
        tone="primary",
    ),
    Verb(
        name="discard",
        label=_("Discard the batch"),
        transition=BATCH.DISCARD,
        form=DiscardForm,
        run=_discard,
        lead=_("Only where the bank never got the file, or refused it whole."),
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A claim that waits; `why` says why no batch can take it."""

    claim: Claim
    account: str
    why: list[str]


@dataclass(frozen=True, slots=True)
class Group:
    """What waits in one pot, with the form that makes a batch of it where the person may."""

    pot: Pot
    rows: list[Row]
    debtor: Debtor
    account: str
    form: MakeBatchForm | None

    @property
    def total(self) -> Decimal:
        """What a batch of all that can be chosen pays, in EUR."""
        return sum((row.claim.approved_amount or ZERO for row in self.rows if not row.why), ZERO)

    @property
    def can_choose(self) -> bool:
        """Whether the person can make a batch of anything here."""
        return self.form is not None and any(not row.why for row in self.rows)


@admin.register(PaymentBatch)
class PaymentBatchAdmin(VerbAdmin[PaymentBatch]):
    """Batches with their payments; claims that wait stand on a page of their own."""

    verbs = {verb.name: verb for verb in _ALL}
    may_view = staticmethod(is_staff_member)
    change_list_template = "admin/vouchers/paymentbatch/list.html"
    list_display = ["number", "pot", "execution_date", "count", "total", "state", "made_by"]
    list_filter = ["state"]
    list_select_related = ["pot__programme", "pot__region", "made_by"]

    def get_urls(self) -> list[URLPattern]:
        """Add the page of what waits, the files, and the bank's refusals."""
        new = self.page("new/", BOTH(self.new), "new")
        file = self.page("<str:reference>/file/<str:kind>/", require_safe(self.file), "file")
        refuse = "<str:object_id>/refuse/<int:instruction>/"
        return [new, file, self.page(refuse, BOTH(self.refuse), "refuse"), *super().get_urls()]

    def find(self, user: User, reference: str) -> PaymentBatch:
        """Return a batch that the person sees; 404 otherwise."""
        if not reference.isdecimal() or len(reference) > LONGEST_ID:
            raise Http404
        rows = PaymentBatch.objects.visible_to(user)
        return get_object_or_404(
            rows.select_related("pot__programme", "pot__region", "made_by"), pk=int(reference)
        )

    def show(
        self, request: HttpRequest, row: PaymentBatch, asked: Asked | None = None
    ) -> HttpResponse:
        """Draw a batch with its payments."""
        by = actor(request)
        rows = row.instructions.select_related(
            "claim__award__application__organisation", "claim__award__application__home_region"
        )
        may_settle = INSTRUCTION.REFUSE.permits
        lines = []
        for one in rows.order_by("pk"):
            one.batch = row
            is_open = one.state in INSTRUCTION.REFUSE.sources
            can_refuse = is_open and may_settle(by, one)
            lines.append((one, masked(one.iban), TONES[InstructionState(one.state)], can_refuse))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Payment batch %(number)s") % {"number": row},
            "batch": row,
            "account": masked(row.debtor_iban),
            "lines": lines,
            "panels": self.panels(row, str(row.pk), by=by, now=clock.now(), asked=asked),
            "history": history_of(row, is_private=True),
            "set_up": self._set_up(by, row.pot),
            "form": asked.form if asked else None,
        }
        return TemplateResponse(request, "admin/vouchers/paymentbatch/desk.html", context)

    def _set_up(self, by: Actor, pot: Pot) -> str:
        """Return the page where the paying account is set, for those who may set it."""
        if not may_set_up(by, pot.programme):
            return ""
        return reverse("admin:portal_programme_change", args=[pot.programme_id])

    def file(self, request: HttpRequest, reference: str, kind: str) -> HttpResponseBase:
        """Give the batch to the bank: its file as it was made, or its lines as CSV."""
        row = self.find(signed_in(request), reference)
        name = f'attachment; filename="{row.number}.{kind}"'
        if kind == "csv":
            rows = row.instructions.select_related("batch", "claim__award").order_by("pk")
            excel = request.GET.get("excel") == "1"
            return stream_csv(INSTRUCTIONS, rows, filename=f"{row.number}.csv", excel=excel)
        if kind != "xml" or not row.instruction:
            raise Http404
        return HttpResponse(
            row.instruction,
            content_type="application/xml; charset=utf-8",
            headers={"Content-Disposition": name},
        )

    def new(self, request: HttpRequest) -> HttpResponse:
        """Show what waits for payment pot by pot, and make a batch of what was ticked."""
        if not is_staff_member(actor(request)):
            raise PermissionDenied
        pk = request.POST.get("pot", "")
        if request.method != "POST":
            return self._show_new(request)
        if not pk.isdecimal() or len(pk) > LONGEST_ID:
            raise Http404
        pots = Pot.objects.visible_to(signed_in(request)).select_related("programme", "region")
        pot = get_object_or_404(pots, pk=int(pk))
        if not may_instruct(actor(request), pot):
            raise PermissionDenied
        form = self._make_form(pot, request)
        if not form.is_valid():
            return self._show_new(request, pot, form)
        return self._make(request, pot, form)

    def _make(self, request: HttpRequest, pot: Pot, form: MakeBatchForm) -> HttpResponse:
        user = signed_in(request)
        rows = chosen(form, Claim.objects.for_desk(user).filter(award__pot=pot))
        try:
            batch = payments.make(
                pot,
                chosen=rows,
                execution_date=form.cleaned_data["execution_date"],
                by=actor(request),
                now=clock.now(),
            )
        except NotPayable as error:
            made = _made_before(error, rows, user)
            if made is not None:
                messages.success(request, gettext("You have made this batch already."))
                return HttpResponseRedirect(self.address("change", made.pk))
            for words in _problems(error):
                form.add_error(None, words)
        except Refused as error:
            for reason in error.verdict.reasons:
                form.add_error("execution_date", sentence(reason))
        except InvalidInstruction:
            form.add_error(
                None, gettext("The bank's format refuses this batch: ask the programme manager")
            )
        else:
            messages.success(
                request, gettext("The batch is made. Give its file to the bank, then say so here.")
            )
            return HttpResponseRedirect(self.address("change", batch.pk))
        return self._show_new(request, pot, form, status=409)

    def _make_form(self, pot: Pot, request: HttpRequest) -> MakeBatchForm:
        data = request.POST if request.method == "POST" else None
        asked = data if data and data.get("pot") == str(pot.pk) else None
        today = local_day(clock.now(), pot.region)
        return MakeBatchForm(asked, prefix=f"pot{pot.pk}", today=today)

    def _show_new(
        self,
        request: HttpRequest,
        pot: Pot | None = None,
        form: MakeBatchForm | None = None,
        *,
        status: int = 200,
    ) -> HttpResponse:
        groups = list(self._groups(request, form))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Payments to make"),
            "opts": self.opts,
            "groups": [(group, self._set_up(actor(request), group.pot)) for group in groups],
            "form": form,
        }
        page = "admin/vouchers/paymentbatch/new.html"
        return TemplateResponse(request, page, context, status=status)

    def _groups(self, request: HttpRequest, bound: MakeBatchForm | None) -> Iterable[Group]:
        by = actor(request)
        for _key, rows in groupby(waiting(signed_in(request)), key=lambda row: row.award.pot_id):
            claims = list(rows)
            pot, debtor = claims[0].award.pot, debtor_of(claims[0].award.pot)
            form = self._make_form(pot, request) if may_instruct(by, pot) else None
            if form is not None and bound is not None and bound.prefix == form.prefix:
                form = bound
            yield Group(
                pot=pot,
                rows=[Row(row, masked(row.iban), _why_not(row, by.user)) for row in claims],
                debtor=debtor,
                account=masked(debtor.iban),
                form=form,
            )

    def refuse(self, request: HttpRequest, object_id: str, instruction: int) -> HttpResponse:
        """Take a payment that the bank refused out of the batch."""
        batch, by, now = self.find(signed_in(request), object_id), actor(request), clock.now()
        rows = batch.instructions.select_related("claim__award", "batch__pot__region")
        row = get_object_or_404(rows, pk=instruction)
        if not INSTRUCTION.REFUSE.permits(by, row):
            raise PermissionDenied
        if row.state not in INSTRUCTION.REFUSE.sources:
            raise IllegalMove(row, INSTRUCTION.REFUSE)
        data = request.POST if request.method == "POST" else None
        form = BankRefusalForm(data, about=row, now=now)
        if data is not None and form.is_valid():
            fresh = Instruction.objects.get(pk=row.pk)
            payments.refuse(fresh, **form.cleaned_data, by=by, now=now)
            messages.success(request, gettext("Noted. The claim is approved and not paid."))
            return HttpResponseRedirect(self.address("change", batch.pk))
        return self.form_page(
            request,
            form,
            title=gettext("The bank refused %(payment)s") % {"payment": row},
            submit=gettext("Take it out of the batch"),
            lead=gettext(
                "The payment leaves the batch and the claim stays approved. Where the account is "
                "at fault, the applicant is asked by mail to correct it."
            ),
        )


def _why_not(claim: Claim, user: User | None) -> list[str]:
    return [sentence(reason) for reason in payable_by(claim, user).reasons]


def _problems(error: NotPayable) -> list[str]:
    """Name each claim with what stands against it."""
    if not error.problems:
        return [sentence(Reason(ReasonCode.PAYMENT_NOT_DUE))]
    return [
        gettext("%(claim)s: %(why)s") % {"claim": claim, "why": sentence(reason)}
        for claim, verdict in error.problems
        for reason in verdict.reasons
    ]


def _made_before(error: NotPayable, rows: list[Claim], user: User) -> PaymentBatch | None:
    """Return the batch that holds all the claims, where the person made it: pressed twice."""
    numbers = {
        str(reason.params["batch"]) if reason.code == ReasonCode.PAYMENT_INSTRUCTED else ""
        for _claim, verdict in error.problems
        for reason in verdict.reasons
    }
    if len(numbers) != 1:
        return None
    found = PaymentBatch.objects.filter(number=numbers.pop(), made_by=user).first()
    return found if found and found.count == len(error.problems) == len(rows) else None
