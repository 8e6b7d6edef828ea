"""Payment batches: what was instructed to the bank is frozen, what became of it is a state."""

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from portal.models import PeersManager, Stateful, User
from portal.sepa import LONGEST_ID, LONGEST_NAME, LONGEST_REMITTANCE
from vouchers.enums import BankReason, BatchState, InstructionState
from vouchers.models.claims import Claim
from vouchers.models.conflicts import barred
from vouchers.models.pots import Pot

# A payment that the bank has, or has made: the claim cannot be instructed again.
STANDING = (InstructionState.OPEN, InstructionState.PAID)


class PaymentBatchQuerySet(models.QuerySet["PaymentBatch"]):
    """Which batches a person sees."""

    def visible_to(self, user: User) -> "PaymentBatchQuerySet":
        """Those of the pots that the person sees, without one that pays a case they may not see."""
        if user.is_superuser:
            return self
        hidden = Instruction.objects.filter(
            barred(user, "claim__award__application"), batch=OuterRef("pk")
        )
        return self.filter(~Exists(hidden), pot__in=Pot.objects.visible_to(user))


class PaymentBatch(Stateful):
    """Payments of one region in one programme that go to the bank together.

    `instruction` is the file as it was made, empty where no paying account was known, and emptied
    when a payee is erased; its hash stays.
    """

    pot = models.ForeignKey(Pot, on_delete=models.PROTECT, related_name="batches")
    number = models.CharField(_("number"), max_length=60, unique=True)
    state = models.CharField(max_length=20, choices=BatchState, default=BatchState.OPEN)
    execution_date = models.DateField(_("execution date"))
    debtor_name = models.CharField(_("holder of the paying account"), max_length=LONGEST_NAME)
    debtor_iban = models.CharField(_("paying account (IBAN)"), max_length=42, blank=True)
    debtor_bic = models.CharField(_("BIC of the paying account"), max_length=11, blank=True)
    total = models.DecimalField(_("total in euros"), max_digits=12, decimal_places=2)
    count = models.PositiveIntegerField(_("payments"))
    instruction = models.TextField(_("file for the bank"), blank=True)
    sha256 = models.CharField(_("hash of the file"), max_length=64, blank=True)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = PeersManager.from_queryset(PaymentBatchQuerySet)()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("payment batch")
        verbose_name_plural = _("payment batches")
        triggers = [
            pgtrigger.Protect(
                name="a_batch_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["state", "closed_at", "instruction"]),
            ),
            pgtrigger.Protect(
                name="a_batch_only_loses_its_file",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__instruction__df=pgtrigger.F("new__instruction"), new__instruction__gt=""
                ),
            ),
            pgtrigger.Protect(name="a_batch_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def journal_chain(self) -> str:
        """The programme's chain."""
        return self.pot.programme.code


class Instruction(Stateful):
    """One payment of a batch; name and account are emptied when their file is erased."""

    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="instructions")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="instructions")
    state = models.CharField(max_length=20, choices=InstructionState, default=InstructionState.OPEN)
    amount = models.DecimalField(_("amount in euros"), max_digits=12, decimal_places=2)
    name = models.CharField(_("account holder"), max_length=200, blank=True)
    iban = models.CharField(_("account (IBAN)"), max_length=34, blank=True)
    end_to_end_id = models.CharField(_("reference of the payment"), max_length=LONGEST_ID)
    remittance = models.CharField(_("what the payee reads"), max_length=LONGEST_REMITTANCE)
    code = models.CharField(_("bank's reason"), max_length=4, choices=BankReason, blank=True)
    note = models.CharField(_("bank's words"), max_length=300, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    objects = PeersManager["Instruction"]()

    class Meta:
        ordering = ["batch", "pk"]
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(state__in=STANDING),
                name="a_claim_is_instructed_once",
            ),
            models.UniqueConstraint(fields=["end_to_end_id"], name="a_reference_names_one_payment"),
            models.CheckConstraint(name="an_instruction_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="a_refused_payment_has_a_reason",
                condition=~Q(state=InstructionState.REFUSED) | ~Q(code=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="an_instruction_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    exclude=["state", "code", "note", "settled_at", "name", "iban"]
                ),
            ),
            pgtrigger.Protect(
                name="an_account_is_only_emptied",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__name__df=pgtrigger.F("new__name"), new__name__gt="")
                | pgtrigger.Q(old__iban__df=pgtrigger.F("new__iban"), new__iban__gt=""),
            ),
            pgtrigger.Protect(name="an_instruction_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.end_to_end_id

    @property
    def journal_chain(self) -> str:
        """The programme's chain."""
        return self.batch.journal_chain
