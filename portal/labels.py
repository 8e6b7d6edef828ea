"""Names of columns that are called as what they hold, so that the desk says them in every language.

A model names a column itself where more than the bare word is needed; all others are here once.
"""

from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# What the framework says without German of its own; the portal's catalogue goes before its.
FRAMEWORK = (_("- Select an option -"),)

LABELS: Mapping[str, Promise] = {
    "accepted_by": _("accepted by"),
    "accepted_rules": _("accepted rules"),
    "answered_by": _("answered by"),
    "appeal": _("appeal"),
    "application": _("application"),
    "approved_by": _("approved by"),
    "asked_by": _("asked by"),
    "assessor": _("assessor"),
    "assigned_by": _("assigned by"),
    "attempts": _("attempts"),
    "award": _("award"),
    "by": pgettext_lazy("column", "by"),
    "call": _("call"),
    "calls": _("calls"),
    "claim": _("claim"),
    "competence": _("competence"),
    "confirmed_by": _("confirmed by"),
    "content": _("content"),
    "data": _("data"),
    "decided_by": _("decided by"),
    "decision": _("decision"),
    "declaration": _("declaration"),
    "document": _("document"),
    "done_by": _("done by"),
    "entered_by": _("entered by"),
    "facts": _("facts"),
    "invited_by": _("invited by"),
    "figures_year": _("year of the figures"),
    "file": _("file"),
    "filed_by": _("filed by"),
    "first_submitted_at": _("first submitted at"),
    "given_by": _("given by"),
    "hash": _("hash"),
    "held_at": _("held since"),
    "home_region": _("home region"),
    "host": _("host"),
    "host_region": _("region of the host"),
    "html": _("HTML"),
    "is_name": _("is the name"),
    "is_within_grace": _("within grace"),
    "jobs_expected": _("jobs expected"),
    "jobs_realised": _("jobs realised"),
    "judged_by": _("judged by"),
    "key": _("key"),
    "keywords": _("keywords"),
    "kind": _("kind"),
    "language": _("language"),
    "last": pgettext_lazy("number", "last"),
    "last_error": _("last error"),
    "latitude": _("latitude"),
    "letter": _("letter"),
    "longitude": _("longitude"),
    "made_by": _("made by"),
    "mail": _("mail"),
    "message_id": _("Message-ID"),
    "offer": _("offer"),
    "once_key": _("key against repeats"),
    "organisation": _("organisation"),
    "paid_by": _("paid by"),
    "person": _("person"),
    "personal": _("personal data"),
    "personal_digest": _("hash of the personal data"),
    "position": _("position"),
    "pot": _("pot"),
    "previous_hash": _("hash of the entry before"),
    "programme": _("programme"),
    "proof_of_payment": _("proof of payment"),
    "provider": _("provider"),
    "published_by": _("published by"),
    "question": _("question"),
    "question_set": _("form"),
    "read_by": _("read by"),
    "receipt": _("receipt of a cost"),
    "record": _("record"),
    "recorded_by": _("recorded by"),
    "refused_by": _("refused by"),
    "region": _("region"),
    "removed_at": _("removed at"),
    "replaced_at": _("replaced at"),
    "saved_at": _("saved at"),
    "saved_by": _("saved by"),
    "scope": _("scope"),
    "sha256": _("SHA-256"),
    "signed_by": _("signed by"),
    "slug": _("slug"),
    "stands_at": _("place of the submission"),
    "started_by": _("started by"),
    "state": _("state"),
    "subject_id": _("number of the row"),
    "subject_type": _("kind of the row"),
    "terms": _("terms"),
    "text": _("text"),
    "to_pot": _("to the pot"),
    "token_hash": _("hash of the link"),
    "typed": _("as typed"),
    "undertaking": _("undertaking"),
    "unsent": _("written and not sent"),
    "upload": _("uploaded file"),
    "uploaded_by": _("uploaded by"),
    "user": _("person"),
    "value": _("value"),
    "version": _("version"),
    "voucher_type": _("voucher type"),
}


def is_bare(field: object) -> bool:
    """Whether nobody has named the column: Django calls it as its attribute."""
    name, words = getattr(field, "name", ""), getattr(field, "verbose_name", "")
    return type(words) is str and words == str(name).replace("_", " ")


def name_columns(config: AppConfig) -> None:
    """Give the columns of an app that nobody has named their names from here."""
    for model in config.get_models():
        for field in model._meta.concrete_fields:
            if is_bare(field) and field.name in LABELS:
                field.verbose_name = LABELS[field.name]  # type: ignore[assignment]
