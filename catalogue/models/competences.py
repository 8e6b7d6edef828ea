"""The vocabulary of competences."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQueryField
from django.db import models
from django.db.models import F, Func, GeneratedField
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.enums import Locale
from portal.models import PeersManager


class Competence(models.Model):
    """A term of the competence vocabulary, with the words by which people look for it."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=100)
    names = models.JSONField(_("names in other languages"), default=dict)
    synonyms = models.JSONField(
        _("words that mean it"),
        default=dict,
        blank=True,
        help_text=_("By language, a list of words: methods, abbreviations, everyday words."),
    )
    group = models.CharField(_("group"), max_length=80, blank=True)

    objects = PeersManager["Competence"]()

    class Meta:
        ordering = ["name"]
        verbose_name = _("competence")
        verbose_name_plural = _("competences")

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return str(self.names.get(get_language() or "") or self.name)


class CompetencePhrase(models.Model):
    """One word or phrase that means a competence, as a query that a text can be held against."""

    competence = models.ForeignKey(Competence, on_delete=models.CASCADE, related_name="phrases")
    language = models.CharField(max_length=2, choices=Locale)
    text = models.CharField(max_length=100)
    is_name = models.BooleanField(default=False)
    query = GeneratedField(
        expression=Func(
            F("language"),
            F("text"),
            function="catalogue_phrase",
            output_field=SearchQueryField(),
        ),
        output_field=SearchQueryField(),
        db_persist=True,
    )
    lexemes = GeneratedField(
        expression=Func(
            F("language"),
            F("text"),
            function="catalogue_lexemes",
            output_field=ArrayField(models.TextField()),
        ),
        output_field=ArrayField(models.TextField()),
        db_persist=True,
    )

    objects = PeersManager["CompetencePhrase"]()

    class Meta:
        ordering = ["competence", "language", "text"]
        indexes = [GinIndex(fields=["lexemes"], name="phrase_by_word")]
        constraints = [
            models.UniqueConstraint(
                fields=["competence", "language", "text"],
                name="a_competence_has_a_phrase_once",
            )
        ]

    def __str__(self) -> str:
        return self.text
