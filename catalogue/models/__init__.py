"""Who can help: providers, their records, competences and the common access rules."""

from catalogue.models.competences import Competence, CompetencePhrase
from catalogue.models.content import RecordFields
from catalogue.models.people import Expert
from catalogue.models.providers import AccessRules, Provider, ProviderRequest
from catalogue.models.records import HIDDEN_AFTER, SINKS_AFTER, Record, RecordQuerySet
from catalogue.models.revisions import Photo, Revision, Version
from catalogue.models.suggestions import SuggestionOpinion

__all__ = [
    "HIDDEN_AFTER",
    "SINKS_AFTER",
    "AccessRules",
    "Competence",
    "CompetencePhrase",
    "Expert",
    "Photo",
    "Provider",
    "ProviderRequest",
    "Record",
    "RecordFields",
    "RecordQuerySet",
    "Revision",
    "SuggestionOpinion",
    "Version",
]
