"""Every column that nobody has named has its name in one list, so the desk speaks one language."""

from django.apps import apps

from portal.apps import OURS
from portal.labels import LABELS, is_bare


def test_every_column_is_named():
    bare = {
        field.name
        for name in OURS
        for model in apps.get_app_config(name).get_models()
        for field in model._meta.concrete_fields
        if is_bare(field) and not field.primary_key and field.editable
    }
    assert bare == set()


def test_no_name_is_left_over():
    columns = {
        field.name
        for name in OURS
        for model in apps.get_app_config(name).get_models()
        for field in model._meta.concrete_fields
    }
    assert set(LABELS) - columns == set()
