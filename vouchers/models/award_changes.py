"""Changes of an accepted award: asked by the firm, answered by the home region."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.models import Document, PeersManager, Stateful, Upload, User
from vouchers.enums import AwardChangeKind, AwardChangeState
from vouchers.models.awards import Award

_STANDING = sorted({AwardChangeState.ASKED, AwardChangeState.APPROVED})


class AwardChange(Stateful):
    """One wish and its answer; an extension names months and comes with a proof of start."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(_("what changes"), max_length=12, choices=AwardChangeKind)
    state = models.CharField(
        max_length=20, choices=AwardChangeState, default=AwardChangeState.ASKED
    )
    text = models.TextField(_("what and why"))
    months = models.PositiveSmallIntegerField(_("months"), null=True, blank=True)
    proof = models.OneToOneField(
        Upload, null=True, blank=True, on_delete=models.PROTECT, related_name="award_change"
    )
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    appendix = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PeersManager["AwardChange"]()

    class Meta:
        ordering = ["award", "pk"]
        verbose_name = _("change of an award")
        verbose_name_plural = _("changes of awards")
        constraints = [
            models.UniqueConstraint(
                fields=["award"],
                condition=Q(kind=AwardChangeKind.EXTENSION, state__in=_STANDING),
                name="an_award_has_one_extension",
            ),
            models.UniqueConstraint(
                fields=["award", "kind"],
                condition=Q(state=AwardChangeState.ASKED),
                name="a_change_of_a_kind_is_asked_once",
            ),
            models.CheckConstraint(
                name="only_an_extension_has_months",
                condition=Q(kind=AwardChangeKind.EXTENSION, months__gt=0)
                | (~Q(kind=AwardChangeKind.EXTENSION) & Q(months=None)),
            ),
            models.CheckConstraint(
                name="an_answered_change_has_an_instant",
                condition=Q(state=AwardChangeState.ASKED) | Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award}: {self.get_kind_display()}"

    @property
    def journal_chain(self) -> str:
        """The programme's chain."""
        return self.award.journal_chain

    @property
    def is_extension(self) -> bool:
        """Whether the award is to be valid for longer."""
        return self.kind == AwardChangeKind.EXTENSION

    @property
    def is_asked(self) -> bool:
        """Whether the region has not answered yet."""
        return self.state == AwardChangeState.ASKED
