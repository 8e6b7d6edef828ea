"""The vocabulary of competences."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

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
