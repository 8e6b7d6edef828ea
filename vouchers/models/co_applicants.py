"""Co-applicants: people whom the applicant lets read an application, or write parts of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.models import PeersManager, Stateful, User
from vouchers.enums import OPEN_SEAT, SeatRole, SeatState
from vouchers.models.applications import Application


class CoApplicant(Stateful):
    """One person's seat at an application: invited by mail, held until it is taken away."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="co_applicants"
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="co_applications"
    )
    role = models.CharField(_("may"), max_length=10, choices=SeatRole)
    sections = models.JSONField(_("parts to edit"), default=list, blank=True)
    state = models.CharField(max_length=20, choices=SeatState, default=SeatState.INVITED)
    invited_at = models.DateTimeField(_("invited at"))
    invited_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)

    objects = PeersManager["CoApplicant"]()

    class Meta:
        ordering = ["application", "pk"]
        verbose_name = _("co-applicant")
        verbose_name_plural = _("co-applicants")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "email"],
                condition=Q(state__in=sorted(OPEN_SEAT)) & ~Q(email=""),
                name="an_address_is_invited_once",
            ),
            models.CheckConstraint(
                name="an_accepted_seat_has_a_person",
                condition=~Q(state=SeatState.ACCEPTED)
                | Q(user__isnull=False, accepted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.name}"

    @property
    def name(self) -> str:
        """The person's name, or the address that was invited."""
        return str(self.user) if self.user else self.email

    @property
    def journal_chain(self) -> str:
        """The programme's chain."""
        return self.application.journal_chain

    @property
    def is_waiting(self) -> bool:
        """Whether the invitation was not accepted yet."""
        return self.state == SeatState.INVITED

    def may_edit(self, section: str) -> bool:
        """Whether the part is this person's to write."""
        return self.role == SeatRole.EDIT and section in self.sections
