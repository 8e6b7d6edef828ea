"""The desk: rows by visible_to, verbs by predicate, writing by action."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from portal.actions import organisations
from portal.admin import DeskAdmin
from portal.enums import DocumentState, MailState, Role
from portal.models import (
    Document,
    JournalEntry,
    MailLink,
    Membership,
    OutgoingMail,
    Programme,
    ProgrammeRegion,
    ProgrammeRole,
    Region,
    RegionRole,
)
from portal.permissions import Actor

pytestmark = pytest.mark.django_db

MODELS = [
    "user",
    "organisation",
    "membership",
    "region",
    "programme",
    "regionrole",
    "programmerole",
    "journalentry",
    "outgoingmail",
    "document",
    "maillink",
]
OVERSEEN = {"user", "programmerole", "journalentry", "outgoingmail", "document", "maillink"}


def listing(model):
    return reverse(f"admin:portal_{model}_changelist")


def page(model, row, name="change", *args):
    return reverse(f"admin:portal_{model}_{name}", args=[row.pk, *args])


@pytest.mark.parametrize("model", MODELS)
def test_managers_and_auditors_read_every_list(sign_in, manager, auditor, model):
    for person in (manager, auditor):
        assert sign_in(person).get(listing(model)).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_brokers_read_what_is_theirs(sign_in, broker, model):
    expected = 403 if model in OVERSEEN else 200
    assert sign_in(broker).get(listing(model)).status_code == expected


@pytest.mark.parametrize("model", MODELS)
def test_who_is_no_staff_comes_no_further(sign_in, member, model):
    assert sign_in(member).get(listing(model), follow=True).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_ever_deleted(sign_in, manager, model):
    client = sign_in(manager)
    row = admin.site.get_model_admin(
        next(m for m in admin.site._registry if m._meta.model_name == model)
    ).model
    first = row.objects.first()
    number = first.pk if first else 1
    answer = client.post(reverse(f"admin:portal_{model}_delete", args=[number]), {"post": "yes"})
    assert answer.status_code in {403, 404}


@pytest.mark.parametrize("way", ["change", "history"])
def test_what_is_not_visible_is_404(sign_in, foreign_broker, manager, organisation, way):
    assert sign_in(foreign_broker).get(page("organisation", organisation, way)).status_code == 404
    assert sign_in(manager).get(page("organisation", organisation, way)).status_code == 200


def test_what_is_visible_but_not_allowed_is_403(sign_in, broker, region, programme):
    client = sign_in(broker)
    for model, row in (("region", region), ("programme", programme)):
        assert client.get(page(model, row)).status_code == 200
        assert client.post(page(model, row), {"name": "Hijacked"}).status_code == 403
    assert client.get(reverse("admin:portal_region_add")).status_code == 403
    assert client.get(reverse("admin:portal_regionrole_invite")).status_code == 403


def test_a_base_writes_nothing_by_itself(rf, region, manager, now):
    class Bare(DeskAdmin):
        pass

    by = Actor.person(manager)
    bare = Bare(Region, admin.site)
    with pytest.raises(NotImplementedError):
        bare.add_row(region, by=by, now=now)
    with pytest.raises(NotImplementedError):
        bare.change_row(region, {}, by=by, now=now)


def test_what_nobody_may_touch_is_not_registered():
    registered = {model._meta.label for model in admin.site._registry}
    assert Group not in admin.site._registry
    assert {label for label in registered if not label.startswith("portal.")} & {
        "account.EmailAddress",
        "mfa.Authenticator",
        "usersessions.UserSession",
        "auth.Group",
    } == set()


def posted(row, names, **changes):
    """The fields of a form as a browser would send them back."""
    values = {name: getattr(row, name) for name in names}
    return {key: "" if value is None else value for key, value in {**values, **changes}.items()}


REGION_FIELDS = [
    "name", "slug", "country", "nuts", "time_zone", "language", "latitude", "longitude",
    "broker_organisation", "team_email", "phone", "address", "introduction",
]  # fmt: skip


def test_a_manager_edits_a_region_and_the_journal_tells_both_values(sign_in, manager, region):
    answer = sign_in(manager).post(
        page("region", region), posted(region, REGION_FIELDS, phone="+31 1", code="HIJACKED")
    )

    assert answer.status_code == 302
    stored = Region.objects.get(pk=region.pk)
    assert (stored.phone, stored.code) == ("+31 1", "NL-ENL")
    entry = JournalEntry.objects.about(region).last()
    assert (entry.verb, entry.by, entry.data) == (
        "edit",
        manager,
        {
            "fields": ["phone"],
            "reason": "",
            "old": {"phone": ""},
            "new": {"phone": "+31 1"},
        },
    )


def test_a_region_of_no_own_programme_is_read_only(sign_in, manager, other_region):
    client = sign_in(manager)
    assert client.get(page("region", other_region)).status_code == 200
    answer = client.post(page("region", other_region), posted(other_region, REGION_FIELDS))
    assert answer.status_code == 403


def test_a_wrong_time_zone_is_a_sentence_beside_the_field(sign_in, manager, region):
    answer = sign_in(manager).post(
        page("region", region), posted(region, REGION_FIELDS, time_zone="Mars/Olympus")
    )
    assert answer.status_code == 200
    assert "Enter a time zone such as Europe/Brussels" in answer.content.decode()
    assert Region.objects.get(pk=region.pk).time_zone == "Europe/Amsterdam"


def programme_form(programme, **changes):
    part = programme.regions.get()
    return {
        **posted(
            programme,
            [
                "name", "short_name", "summary", "time_zone", "starts_on", "ends_on", "funders",
                "funding_statement", "funding_number", "promise_days", "host_answer_days",
                "acceptance_days", "over_commit_factor", "extension_days", "pounds_per_euro",
            ],
        ),
        "regions-TOTAL_FORMS": 2,
        "regions-INITIAL_FORMS": 1,
        "regions-0-id": part.pk,
        "regions-0-programme": programme.pk,
        "regions-0-region": part.region_id,
        "regions-0-partner": part.partner,
        "regions-0-authority": part.authority,
        "regions-0-starts_on": part.starts_on,
        "regions-0-ends_on": part.ends_on,
        "regions-0-granting_moment": part.granting_moment,
        "regions-1-programme": programme.pk,
        "regions-1-region": "",
        "regions-1-granting_moment": "acceptance",
        **changes,
    }  # fmt: skip


def test_a_manager_edits_a_programme_and_its_regions(sign_in, manager, programme, other_region):
    form = programme_form(
        programme,
        funders="Others",
        **{
            "regions-0-partner": "New partner",
            "regions-1-region": other_region.pk,
            "regions-1-partner": "Joining",
            "regions-1-starts_on": programme.starts_on,
            "regions-1-ends_on": programme.ends_on,
        },
    )

    answer = sign_in(manager).post(page("programme", programme), form)

    assert answer.status_code == 302
    assert Programme.objects.get(pk=programme.pk).funders == "Others"
    parts = ProgrammeRegion.objects.filter(programme=programme).order_by("pk")
    assert [part.partner for part in parts] == ["New partner", "Joining"]
    verbs = JournalEntry.objects.filter(chain="LSV", by=manager).order_by("number")
    assert [(entry.subject_type, entry.verb) for entry in verbs] == [
        ("portal.programme", "edit"),
        ("portal.programmeregion", "edit"),
        ("portal.programmeregion", "create"),
    ]


ACCOUNT = {
    "regions-0-debtor_name": "Stichting Oost",
    "regions-0-debtor_iban": "nl91 abna 0417 1643 00",
    "regions-0-debtor_bic": "abnanl2a",
}


def test_a_manager_names_the_account_that_pays(sign_in, manager, programme):
    answer = sign_in(manager).post(
        page("programme", programme), programme_form(programme, **ACCOUNT)
    )
    part = programme.regions.get()
    assert (answer.status_code, part.debtor_name, part.debtor_iban, part.debtor_bic) == (
        302,
        "Stichting Oost",
        "NL91ABNA0417164300",
        "ABNANL2A",
    )
    entry = JournalEntry.objects.about(part).get(verb="edit")
    assert entry.data["old"]["debtor_iban"] == ""
    assert entry.data["new"]["debtor_iban"] == "NL91ABNA0417164300"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"regions-0-debtor_iban": "NL92ABNA0417164300"}, "its digits do not fit together"),
        ({"regions-0-debtor_bic": "ABN"}, "Enter the BIC as 8 or 11 characters, like ABNANL2A"),
        ({"regions-0-debtor_name": "株式会社"}, "Write the name in Latin letters"),
        (
            {"regions-0-debtor_name": ""},
            "Enter holder and IBAN of the paying account together.",
        ),
        (
            {"regions-0-debtor_iban": ""},
            "Enter holder and IBAN of the paying account together.",
        ),
    ],
)
def test_an_account_that_cannot_pay_gets_a_sentence(sign_in, manager, programme, changes, sentence):
    form = programme_form(programme, **{**ACCOUNT, **changes})
    answer = sign_in(manager).post(page("programme", programme), form)
    assert (answer.status_code, sentence in answer.content.decode()) == (200, True)
    assert programme.regions.get().debtor_iban == ""


def test_a_new_programme_is_managed_by_who_made_it(sign_in, manager, region):
    part = {"regions-0-region": region.pk, "regions-0-partner": "Partner"}
    dates = {"regions-0-starts_on": "2027-01-01", "regions-0-ends_on": "2028-01-01"}
    answer = sign_in(manager).post(
        reverse("admin:portal_programme_add"),
        {
            "code": "NEXT", "name": "Next", "short_name": "Next", "time_zone": "Europe/Brussels",
            "starts_on": "2027-01-01", "ends_on": "2028-01-01", "funders": "F",
            "funding_statement": "S", "promise_days": 10, "host_answer_days": 5,
            "extension_days": 3, "pounds_per_euro": "0.85", "acceptance_days": 14,
            "over_commit_factor": "1.00", "regions-TOTAL_FORMS": 1,
            "regions-INITIAL_FORMS": 0, "regions-0-granting_moment": "acceptance",
            **part, **dates,
        },
    )  # fmt: skip
    assert answer.status_code == 302
    made = Programme.objects.get(code="NEXT")
    assert list(made.regions.values_list("region", flat=True)) == [region.pk]
    assert ProgrammeRole.objects.filter(user=manager, programme=made, role=Role.MANAGER).exists()


def picture(kind):
    file = ContentFile(b"")
    Image.new("RGB", (4, 4)).save(file, kind)
    return file.getvalue() if hasattr(file, "getvalue") else file.file.getvalue()


@pytest.mark.parametrize(
    ("content", "error"),
    [
        pytest.param(b"<svg onload=alert(1)>", "Choose a PNG or JPEG picture", id="svg"),
        pytest.param(b"x" * 500_001, "Choose a picture of at most 500 kB", id="too long"),
        pytest.param(picture("GIF"), "Choose a PNG or JPEG picture", id="gif"),
        pytest.param(picture("PNG"), "", id="png"),
    ],
)
def test_an_emblem_is_a_picture(sign_in, manager, programme, content, error):
    file = SimpleUploadedFile("emblem.png", content)
    answer = sign_in(manager).post(
        page("programme", programme), programme_form(programme, emblem=file)
    )
    stored = Programme.objects.get(pk=programme.pk)
    if error:
        assert error in answer.content.decode()
        assert not stored.emblem
    else:
        assert (answer.status_code, bool(stored.emblem)) == (302, True)


def test_inviting_by_the_form(sign_in, manager, region, other_region):
    client = sign_in(manager)
    address = reverse("admin:portal_regionrole_invite")
    form = {"email": "ann@people.test", "role": "broker", "organisation": "Employer"}

    refused = client.post(address, {**form, "region": other_region.pk})
    assert refused.status_code == 200
    assert MailLink.objects.count() == 0

    assert client.post(address, {**form, "region": region.pk}).status_code == 302
    link = MailLink.objects.get()
    assert (link.email, link.made_by, link.data["region"]) == (
        "ann@people.test",
        manager,
        region.pk,
    )


def test_inviting_to_a_programme(sign_in, manager, programme, make_programme):
    client, other = sign_in(manager), make_programme("OTHER")
    address = reverse("admin:portal_programmerole_invite")
    form = {"email": "ann@people.test", "role": "auditor", "until": "2028-12-31"}
    assert client.post(address, {**form, "programme": other.pk}).status_code == 200
    assert client.post(address, {**form, "programme": programme.pk}).status_code == 302
    assert MailLink.objects.get().data["role"] == "auditor"


def test_inviting_somebody_twice_is_a_sentence(sign_in, manager, broker, region):
    answer = sign_in(manager).post(
        reverse("admin:portal_regionrole_invite"),
        {
            "email": broker.email,
            "role": "broker",
            "organisation": "Employer",
            "region": region.pk,
        },
    )
    assert "This person has this role already" in answer.content.decode()


def test_ending_the_last_broker_asks_for_a_successor(sign_in, manager, broker, member):
    held, client = RegionRole.objects.get(user=broker), sign_in(manager)
    address = page("regionrole", held, "end")

    assert "name who takes over" in client.post(address).content.decode()
    unknown = client.post(address, {"successor": "nobody@people.test"})
    assert "Nobody has an account with this address" in unknown.content.decode()
    assert client.post(address, {"successor": member.email}).status_code == 302

    ended = RegionRole.objects.get(pk=held.pk)
    assert ended.ends_at is not None
    assert RegionRole.objects.get(ends_at=None).user == member


def test_a_broker_does_not_end_roles(sign_in, broker):
    held = RegionRole.objects.get(user=broker)
    assert sign_in(broker).post(page("regionrole", held, "end")).status_code == 403


def test_a_broker_admits_where_there_is_no_owner(sign_in, organisation, member, broker, now):
    asked = organisations.ask_to_join(organisation, by=Actor.person(member), now=now)
    client = sign_in(broker)
    shown = client.get(page("membership", asked)).content.decode()
    assert (">Admit<" in shown, ">Refuse<" in shown) == (True, True)

    answer = client.post(page("membership", asked, "move", "admit"))

    assert answer.status_code == 302
    assert Membership.objects.get(pk=asked.pk).state == "active"
    assert ">Admit<" not in client.get(page("membership", asked)).content.decode()
    assert client.post(page("membership", asked, "move", "dance")).status_code == 404
    assert client.get(page("membership", asked, "move", "end")).status_code == 405


@pytest.fixture
def mail(programme, now):
    return OutgoingMail.objects.create(
        once_key="one",
        kind="letter",
        programme=programme,
        message_id="<one@portal.test>",
        sender="portal@portal.test",
        to=["ann@people.test"],
        subject="Hello",
        body="The secret text",
        state=MailState.GIVEN_UP,
        next_attempt_at=now,
        created_at=now,
    )


def test_sending_again(sign_in, manager, auditor, mail):
    assert "Send again" not in sign_in(auditor).get(page("outgoingmail", mail)).content.decode()
    client = sign_in(manager)
    assert "Send again" in client.get(page("outgoingmail", mail)).content.decode()

    assert client.post(page("outgoingmail", mail, "retry")).status_code == 302

    assert OutgoingMail.objects.get().state == MailState.QUEUED
    assert "Send again" not in client.get(page("outgoingmail", mail)).content.decode()


def test_the_text_of_an_account_mail_is_hidden(sign_in, manager, mail):
    client = sign_in(manager)
    assert "The secret text" in client.get(page("outgoingmail", mail)).content.decode()
    OutgoingMail.objects.update(is_private=True)
    assert "The secret text" not in client.get(page("outgoingmail", mail)).content.decode()


def test_letters_of_another_programme_are_404(sign_in, manager, mail, make_programme):
    OutgoingMail.objects.update(programme=make_programme("OTHER"))
    assert sign_in(manager).get(page("outgoingmail", mail)).status_code == 404


def test_the_list_of_stuck_letters(sign_in, manager, mail, now):
    OutgoingMail.objects.create(
        once_key="two", kind="letter", message_id="<two@portal.test>", to=["b@people.test"],
        subject="Not due", next_attempt_at=now + timedelta(days=1), created_at=now,
    )  # fmt: skip
    shown = sign_in(manager).get(listing("outgoingmail"), {"stuck": "yes"}).content.decode()
    assert (">Hello<" in shown, ">Not due<" in shown) == (True, False)


def test_downloading_a_document(sign_in, manager, broker, programme, now):
    document = Document.objects.create(
        kind="letter", number="LSV-1", programme=programme, subject_type="portal.programme",
        subject_id=1, title="Letter", facts={}, content_hash="0" * 64, issued_at=now,
    )  # fmt: skip
    client = sign_in(manager)
    assert client.get(page("document", document, "download")).status_code == 404
    document.file.save("LSV-1.pdf", ContentFile(b"%PDF"), save=False)
    document.state, document.sha256 = DocumentState.READY, "1" * 64
    document.save()

    answer = client.get(page("document", document, "download"))

    assert b"".join(answer.streaming_content) == b"%PDF"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="LSV-1.pdf"'
    assert sign_in(broker).get(page("document", document, "download")).status_code == 403


def test_the_history_shows_the_journal_and_details_to_overseers(sign_in, manager, broker, region):
    sign_in(manager).post(
        page("region", region), posted(region, REGION_FIELDS, introduction="A note")
    )
    seen = {
        person.name: sign_in(person).get(page("region", region, "history")).content.decode()
        for person in (manager, broker)
    }
    assert {name: ("edit" in text, "A note" in text) for name, text in seen.items()} == {
        "Manager": (True, True),
        "Broker": (True, False),
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_the_same_at_any_length(
    sign_in, manager, make_person, rows, django_assert_num_queries
):
    for n in range(rows):
        asked = organisations.Organisation.objects.create(name=f"O{n}", country="NL")
        organisations.ask_to_join(
            asked, by=Actor.person(make_person(f"p{n}")), now=manager.joined_at
        )
    client = sign_in(manager)
    client.get(listing("membership"))
    with django_assert_num_queries(7):
        client.get(listing("membership"))
