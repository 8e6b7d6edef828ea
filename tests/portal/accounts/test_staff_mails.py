"""Each member of staff chooses what comes at once, in the digest, or never."""

import pytest
from django.core.exceptions import PermissionDenied

from portal.actions import people
from portal.enums import AT_ONCE, NECESSARY, MailTime, StaffMail
from portal.models import JournalEntry, User
from portal.permissions import Actor

pytestmark = pytest.mark.django_db
PAGE = "/accounts/profile/mails/"


def usual() -> dict[str, str]:
    return {kind: "at_once" if kind in AT_ONCE else "digest" for kind in StaffMail.values}


def test_what_is_usual_until_somebody_chooses(sign_in, broker):
    client = sign_in(broker)
    form = client.get(PAGE).context["form"]
    assert {name: field.initial for name, field in form.fields.items()} == usual()
    assert form.fields.keys() == {*StaffMail.values}


def test_never_is_not_offered_where_somebody_must_hear_of_it(sign_in, broker):
    client = sign_in(broker)
    fields = client.get(PAGE).context["form"].fields
    with_never = {name for name, field in fields.items() if ("never", "Never") in field.choices}
    assert with_never == {*StaffMail.values} - {kind.value for kind in NECESSARY}
    answer = client.post(PAGE, {**usual(), "appeal": "never"})
    assert answer.context["form"].errors.keys() == {"appeal"}
    with pytest.raises(people.StillNecessary):
        people.choose_mails(
            broker,
            choices={StaffMail.APPEAL: MailTime.NEVER},
            by=Actor.person(broker),
            now=broker.joined_at,
        )


def test_only_what_differs_is_kept_and_the_journal_says_that_it_changed(sign_in, broker):
    client = sign_in(broker)
    answer = client.post(PAGE, {**usual(), "claim": "at_once", "bounce": "never"}, follow=True)
    assert "Your settings are saved." in answer.content.decode()
    row = User.objects.get(pk=broker.pk)
    assert row.staff_mails == {"claim": "at_once", "bounce": "never"}
    assert [
        row.mail_time(kind) for kind in (StaffMail.CLAIM, StaffMail.BOUNCE, StaffMail.AWARD)
    ] == [
        MailTime.AT_ONCE,
        MailTime.NEVER,
        MailTime.DIGEST,
    ]
    entry = JournalEntry.objects.about(broker).latest("pk")
    assert (entry.verb, entry.by, entry.data["fields"]) == ("edit", broker, ["staff_mails"])
    client.post(PAGE, usual())
    assert User.objects.get(pk=broker.pk).staff_mails == {}


def test_it_is_a_page_of_staff_and_each_chooses_alone(client, sign_in, broker, member):
    assert client.get(PAGE).status_code == 302
    client = sign_in(member)
    assert client.get(PAGE).status_code == 403
    assert PAGE not in client.get("/accounts/profile/").content.decode()
    client = sign_in(broker)
    assert PAGE in client.get("/accounts/profile/").content.decode()
    with pytest.raises(PermissionDenied):
        people.choose_mails(broker, choices={}, by=Actor.person(member), now=broker.joined_at)
