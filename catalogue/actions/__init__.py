"""Everything that writes the catalogue."""

from catalogue.actions.imports import import_catalogue
from catalogue.actions.photos import TooManyPhotos, add_photo, arrange_photos
from catalogue.actions.providers import (
    OutdatedRules,
    accept_access_rules,
    add_provider,
    edit_provider,
    publish_access_rules,
)
from catalogue.actions.records import (
    NotFinished,
    PersonHasNotAgreed,
    add_record,
    confirm,
    hide,
    publish,
    revise_record,
)
from catalogue.actions.revisions import (
    ChangedMeanwhile,
    NumberTaken,
    RevisionNotComplete,
    approve_revision,
    discard_revision,
    return_revision,
    start_record,
    submit_revision,
    take_back_revision,
    write_revision,
)
from catalogue.actions.suggestions import set_opinion
from catalogue.actions.vocabulary import add_competence, set_synonyms

__all__ = [
    "ChangedMeanwhile",
    "NotFinished",
    "NumberTaken",
    "OutdatedRules",
    "PersonHasNotAgreed",
    "RevisionNotComplete",
    "TooManyPhotos",
    "accept_access_rules",
    "add_competence",
    "add_photo",
    "add_provider",
    "add_record",
    "approve_revision",
    "arrange_photos",
    "confirm",
    "discard_revision",
    "edit_provider",
    "hide",
    "import_catalogue",
    "publish",
    "publish_access_rules",
    "return_revision",
    "revise_record",
    "set_opinion",
    "set_synonyms",
    "start_record",
    "submit_revision",
    "take_back_revision",
    "write_revision",
]
