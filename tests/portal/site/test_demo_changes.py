"""The demo's provider acts for Musterlab, and its broker has a change to approve."""

import pytest

from catalogue.models import Photo, Revision
from portal.models import User
from portal.site.demo import changes
from tests.catalogue import factories
from tests.catalogue.factories import NOW

pytestmark = pytest.mark.django_db


def test_one_change_waits_and_one_came_back():
    factories.programme()
    term = factories.term("bioanalytics")
    owner = factories.provider()
    type(owner).objects.update(slug=changes.PROVIDER)
    for slug in (changes.FACILITY, changes.EQUIPMENT):
        record = factories.record(owner, competences=(term,), access_types=["mail_in"])
        type(record).objects.filter(pk=record.pk).update(slug=slug)
    for person, email in (
        (factories.person(), "provider@demo.example"),
        (factories.broker(), "broker.de-rhi@demo.example"),
    ):
        User.objects.filter(pk=person.pk).update(email=email)

    assert changes.is_missing()
    changes.load(now=NOW)

    rows = Revision.objects.order_by("pk").values_list("record__slug", "state", "note")
    assert (list(rows), Photo.objects.get().place, changes.is_missing()) == (
        [(changes.FACILITY, "submitted", ""), (changes.EQUIPMENT, "returned", changes.NOTE)],
        None,
        False,
    )
