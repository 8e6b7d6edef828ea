"""The vocabulary of competences."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from catalogue.actions.require import require
from catalogue.models import Competence, CompetencePhrase
from catalogue.permissions import may_extend_vocabulary
from portal.enums import Locale
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.workflow import action, record


@action
def add_competence(
    *,
    slug: str,
    name: str,
    names: dict[str, str],
    group: str,
    synonyms: Mapping[str, Sequence[str]] | None = None,
    by: Actor,
    now: datetime,
) -> Competence:
    """Add a term; `names` are the same word by language, `synonyms` words that mean it.

    Raises PermissionDenied.
    """
    require(may_extend_vocabulary(by))
    words = {language: list(some) for language, some in (synonyms or {}).items()}
    term = Competence.objects.create(slug=slug, name=name, names=names, group=group, synonyms=words)
    _write_phrases(term)
    record(term, "add_competence", by=by, now=now, chain=PORTAL_CHAIN, slug=slug)
    return term


@action
def set_synonyms(
    term: Competence, *, synonyms: Mapping[str, Sequence[str]], by: Actor, now: datetime
) -> None:
    """Replace the words by which people find the term, by language. Raises PermissionDenied."""
    require(may_extend_vocabulary(by))
    before = term.synonyms
    term.synonyms = {language: list(some) for language, some in synonyms.items()}
    term.save(update_fields=["synonyms"])
    _write_phrases(term)
    changed = [before, term.synonyms]
    record(term, "set_synonyms", by=by, now=now, chain=PORTAL_CHAIN, changed=changed)


def _write_phrases(term: Competence) -> None:
    """Write a competence's names and synonyms as phrases, each once a language."""
    named = {Locale.EN.value: term.name, **term.names}
    longest = CompetencePhrase._meta.get_field("text").max_length
    phrases = {
        (language, text.casefold()): CompetencePhrase(
            competence=term, language=language, text=text[:longest], is_name=is_name
        )
        for texts, is_name in ((term.synonyms, False), ({k: [v] for k, v in named.items()}, True))
        for language, words in texts.items()
        for text in words
        if language in Locale.values and text
    }
    term.phrases.all().delete()
    CompetencePhrase.objects.bulk_create(phrases.values())
