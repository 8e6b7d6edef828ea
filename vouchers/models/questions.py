"""The forms that applicants fill in, as versioned rows."""

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from portal.models import PeersManager, Programme, User
from vouchers.enums import (
    QuestionKind,
)
from vouchers.models.voucher_types import of_own_programmes

KEY_STEM = 34


class QuestionSetQuerySet(models.QuerySet["QuestionSet"]):
    """Which forms staff see."""

    def visible_to(self, user: User) -> "QuestionSetQuerySet":
        """Those of the programmes in which the person works."""
        return of_own_programmes(self, user)


class QuestionSet(models.Model):
    """One version of a form; published ones never change, a new version follows."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="question_sets")
    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    objects = PeersManager.from_queryset(QuestionSetQuerySet)()

    class Meta:
        ordering = ["programme", "code", "-version"]
        verbose_name = _("question set")
        verbose_name_plural = _("question sets")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "code", "version"], name="a_question_set_has_a_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    def free_key(self, label: str, *, besides: "Question") -> str:
        """Return a key for a question that no other of the form has."""
        others = self.questions.exclude(pk=besides.pk) if besides.pk else self.questions.all()
        taken = set(others.values_list("key", flat=True))
        stem = slugify(label).replace("-", "_")[:KEY_STEM] or "question"
        numbers = (f"{stem}_{number}" for number in range(2, len(taken) + 3))
        return next(key for key in (stem, *numbers) if key not in taken)


class Question(models.Model):
    """One question of a set."""

    question_set = models.ForeignKey(
        QuestionSet, on_delete=models.PROTECT, related_name="questions"
    )
    section = models.SlugField(_("section"), max_length=40)
    section_title = models.CharField(_("title of the section"), max_length=120)
    key = models.SlugField(_("key"), max_length=40)
    kind = models.CharField(_("kind"), max_length=12, choices=QuestionKind)
    label = models.CharField(_("question"), max_length=200)
    help_text = models.CharField(_("help"), max_length=400, blank=True)
    is_required = models.BooleanField(_("required"), default=True)
    max_length = models.PositiveIntegerField(_("longest answer"), null=True, blank=True)
    choices = models.JSONField(
        _("choices"), default=list, blank=True, help_text=_("Pairs of value and label.")
    )
    shown_if_key = models.SlugField(
        _("asked only after"),
        max_length=40,
        blank=True,
        help_text=_("Key of an earlier question with a choice or yes and no."),
    )
    shown_if_value = models.CharField(_("was answered with"), max_length=60, blank=True)
    seen_by_host = models.BooleanField(_("the host region sees it"), default=True)
    is_left_out = models.BooleanField(
        _("leave out"), default=False, help_text=_("Goes when the form is published.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = PeersManager["Question"]()

    class Meta:
        ordering = ["question_set", "order", "pk"]
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.UniqueConstraint(
                fields=["question_set", "key"], name="a_question_set_asks_a_thing_once"
            )
        ]

    def __str__(self) -> str:
        return self.label
