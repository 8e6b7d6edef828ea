"""Everything that writes the catalogue."""

from catalogue.actions.imports import import_catalogue
from catalogue.actions.providers import (
    OutdatedRules,
    accept_access_rules,
    add_provider,
    publish_access_rules,
)
from catalogue.actions.records import add_record, confirm, hide, publish, revise_record
from catalogue.actions.vocabulary import add_competence, set_synonyms

__all__ = [
    "OutdatedRules",
    "accept_access_rules",
    "add_competence",
    "add_provider",
    "add_record",
    "confirm",
    "hide",
    "import_catalogue",
    "publish",
    "publish_access_rules",
    "revise_record",
    "set_synonyms",
]
