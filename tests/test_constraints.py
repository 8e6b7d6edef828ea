"""What the database refuses by itself: each rule is named by a sentence, and people can read it."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from portal.models import JournalEntry
from tests.vouchers import factories, lives
from vouchers.models import LedgerEntry

LATER = factories.NOW + timedelta(days=1)
OURS = ("portal", "vouchers", "brokers", "catalogue", "events")
VERBS = frozenset(
    {
        "are",
        "asks",
        "asked",
        "assesses",
        "closes",
        "counts",
        "ends",
        "has",
        "have",
        "holds",
        "is",
        "joins",
        "name",
        "names",
        "numbers",
        "offers",
        "pay",
        "runs",
        "says",
        "signs",
        "takes",
    }
)
# Written by actions alone, from values that they make or have checked: no form can break them.
WRITTEN_BY_ACTIONS = frozenset(
    {
        "a_side_has_one_reading",
        "a_chain_has_no_forks",
        "a_competence_has_a_phrase_once",
        "a_conflict_is_found_once",
        "a_consent_without_a_host_is_void_or_declined",
        "a_decided_application_has_an_instant",
        "a_given_consent_names_work_price_and_dates",
        "a_granting_date_has_a_zone",
        "a_host_has_one_open_or_given_consent",
        "a_move_names_its_target",
        "a_person_joins_an_organisation_once",
        "a_person_signs_for_one_side_only",
        "a_programme_role_is_a_programme_one",
        "a_programme_role_is_held_once",
        "a_question_is_answered_once",
        "a_question_set_asks_a_thing_once",
        "a_question_set_has_a_version_once",
        "a_record_has_one_open_change",
        "a_record_numbers_its_versions",
        "a_ready_document_has_a_file_and_a_hash",
        "a_region_has_one_pot_per_programme",
        "a_region_role_is_a_regional_one",
        "a_region_role_is_held_once",
        "a_release_says_what_it_gives_back",
        "a_rule_is_counted_once_a_day",
        "a_side_signs_once",
        "a_source_says_a_figure_once",
        "a_submitted_application_has_a_number",
        "a_task_is_open_once",
        "a_total_is_of_100",
        "access_rules_have_one_text_per_version",
        "an_accepted_award_has_a_granting_date",
        "an_accepted_seat_has_a_person",
        "an_address_is_invited_once",
        "an_answered_appeal_has_an_answer",
        "an_answered_enquiry_has_an_answer",
        "an_application_has_one_standing_decision",
        "an_application_numbers_its_hosts",
        "an_assessor_assesses_once",
        "an_award_is_committed_once",
        "an_award_is_positive",
        "an_award_is_reserved_once",
        "an_enquiry_about_a_record_names_it",
        "a_change_of_a_call_has_a_reason",
        "a_profile_is_confirmed_whole",
        "an_extension_has_a_reason",
        "an_organisation_has_figures_once_a_year",
        "claims_are_numbered",
        "ledger_amount_is_positive",
        "there_is_one_opinion_on_a_suggestion",
        "who_withdrew_is_forgotten",
        "only_pots_lines_have_no_award",
        "submissions_are_numbered",
        "work_ends_after_it_starts",
    }
)


def rules() -> list[models.BaseConstraint]:
    """Every constraint of ours."""
    return [
        rule
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for rule in model._meta.constraints
    ]


def test_every_rule_is_named_by_a_sentence():
    names = [rule.name for rule in rules()]
    assert [name for name in names if not VERBS & set(name.split("_"))] == []
    assert [name for name in names if len(name.split("_")) < 3 or len(name) > 63] == []
    assert len(names) == len(set(names))


def test_a_rule_that_a_form_can_break_says_so_to_people():
    usual = models.BaseConstraint.default_violation_error_message
    silent = {rule.name for rule in rules() if rule.violation_error_message == usual}
    assert silent == WRITTEN_BY_ACTIONS
    spoken = [str(rule.violation_error_message) for rule in rules() if rule.name not in silent]
    assert [words for words in spoken if not words[0].isupper() or not words.endswith(".")] == []


@pytest.mark.django_db
def test_every_rule_stands_in_the_database():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes "
            "WHERE schemaname = 'public'"
        )
        stored = {name for (name,) in cursor.fetchall()}
    assert [rule.name for rule in rules() if rule.name not in stored] == []


@pytest.mark.django_db
def test_the_triggers_stand_and_are_enabled():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, regexp_replace(t.tgname, '^pgtrigger_(.*)_[0-9a-f]+$', '\\1'), "
            "t.tgenabled::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal ORDER BY 1, 2"
        )
        found = cursor.fetchall()
    assert found == [
        ("portal_journalentry", "journal_is_append_only", "O"),
        ("portal_journalentry", "journal_is_never_deleted", "O"),
        ("vouchers_ledgerentry", "ledger_is_append_only", "O"),
    ]


CHANGES = {
    "update": lambda model: model.objects.update(at=LATER),
    "delete": lambda model: model.objects.all().delete(),
    "delete without Django": lambda model: model.objects.all()._raw_delete("default"),
    "bulk": lambda model: model.objects.bulk_update(_moved(model), ["at"]),
    "plain update": lambda model: _plain(f"UPDATE {model._meta.db_table} SET at = now()"),
    "plain delete": lambda model: _plain(f"DELETE FROM {model._meta.db_table}"),
    "upsert": lambda model: model.objects.bulk_create(
        _moved(model), update_conflicts=True, unique_fields=["id"], update_fields=["at"]
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("model", [JournalEntry, LedgerEntry])
def test_what_was_written_stays(model):
    lives.offered(factories.make_world())
    before = list(model.objects.order_by("pk").values())

    refused = [name for name, change in CHANGES.items() if _is_refused(change, model)]

    assert (refused, len(before) > 1) == ([*CHANGES], True)
    assert list(model.objects.order_by("pk").values()) == before


def _is_refused(change, model) -> bool:
    try:
        with transaction.atomic():
            change(model)
    except DatabaseError as error:
        return "Cannot update" in str(error) or "Cannot delete" in str(error)
    return False


def _moved(model) -> list:
    rows = list(model.objects.all())
    for row in rows:
        row.at = LATER
    return rows


def _plain(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
