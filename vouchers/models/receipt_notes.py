"""What broker and firm write to each other about one receipt."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.models import PeersManager, Upload, User
from vouchers.enums import NoteKind
from vouchers.models.claims import ClaimLine


class ReceiptNote(models.Model):
    """One line of the thread about a receipt; only erasure ever takes from it.

    A file that an answer replaces has been filed once, so it stays here.
    """

    line = models.ForeignKey(ClaimLine, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=8, choices=NoteKind)
    text = models.TextField(_("text"), blank=True)
    new_receipt = models.BooleanField(_("with a new receipt"), default=False)
    new_proof = models.BooleanField(_("with a new proof of payment"), default=False)
    old_receipt = models.ForeignKey(
        Upload,
        verbose_name=_("receipt until then"),
        null=True,
        on_delete=models.PROTECT,
        related_name="replaced_receipts",
    )
    old_proof = models.ForeignKey(
        Upload,
        verbose_name=_("proof of payment until then"),
        null=True,
        on_delete=models.PROTECT,
        related_name="replaced_proofs",
    )
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = PeersManager["ReceiptNote"]()

    class Meta:
        ordering = ["line", "pk"]
        verbose_name = _("question about a receipt")
        verbose_name_plural = _("questions about receipts")
        constraints = [
            models.CheckConstraint(
                name="a_question_about_a_receipt_has_a_text",
                condition=~Q(kind=NoteKind.QUESTION, text=""),
                violation_error_message=_("Write what you want to know of the receipt."),
            ),
            models.CheckConstraint(
                name="an_answer_about_a_receipt_says_something",
                condition=~Q(kind=NoteKind.ANSWER, text="", new_receipt=False, new_proof=False),
                violation_error_message=_("Write an answer, or choose a new file."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="receipt_notes_are_append_only",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["text", "old_receipt", "old_proof"]),
            ),
            pgtrigger.Protect(name="receipt_notes_are_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.get_kind_display()}"
