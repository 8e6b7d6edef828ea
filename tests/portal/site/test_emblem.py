"""A programme's emblem is shown to everybody, and only an emblem is."""

from datetime import date

import pytest
from django.core.files.base import ContentFile

from portal.models import Programme

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n the emblem"


def programme(code, emblem=None):
    return Programme.objects.create(
        code=code,
        name=code,
        short_name=code,
        starts_on=date(2026, 1, 1),
        ends_on=date(2028, 1, 1),
        emblem=emblem,
    )


def test_the_emblem_is_shown_without_signing_in(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    programme("LSV", ContentFile(PNG, name="emblem.png"))
    response = client.get("/emblems/LSV/")
    assert (b"".join(response), response["Content-Type"]) == (PNG, "image/png")


def test_a_programme_without_an_emblem_has_no_picture(client):
    programme("LSV", "")
    assert client.get("/emblems/LSV/").status_code == 404
