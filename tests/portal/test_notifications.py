"""A letter's plain text is its only source: the HTML twin says the same."""

import re

import pytest
from django.core.files.base import ContentFile
from django.template.loader import render_to_string
from django.utils import translation

from portal.actions import organisations
from portal.actions.notices import JoinAsked
from portal.models import Membership, OutgoingMail, Region, User
from portal.notifications import Block, blocks, html_twin
from portal.permissions import Actor
from portal.queue import notify

BODY = """Your broker has a question

Your Access Broker is reviewing "Carrier choice"
and needs one answer:

  Which of the two carriers did you test in 2013?

** Answer by 24 April 2014, 17:00 Brussels time **
Without an answer, the broker decides on what you sent.

Answer the question: https://portal.test/applications/1/

Application   C4-ENL-0024
Voucher       Insight, €4,000
"""


@pytest.fixture(autouse=True)
def site(settings) -> None:
    settings.SITE_URL = "https://portal.test"


def test_blocks_of_a_letter():
    assert blocks(BODY) == [
        Block("text", "Your broker has a question"),
        Block("text", 'Your Access Broker is reviewing "Carrier choice" and needs one answer:'),
        Block("quote", "Which of the two carriers did you test in 2013?"),
        Block(
            "due",
            "Answer by 24 April 2014, 17:00 Brussels time. Without an answer, the broker decides "
            "on what you sent.",
        ),
        Block("button", "Answer the question", "https://portal.test/applications/1/"),
        Block(
            "facts",
            facts=(("Application", "C4-ENL-0024"), ("Voucher", "Insight, €4,000")),
        ),
    ]


def test_what_a_stranger_wrote_is_never_a_button():
    assert blocks("Hello\n\n  Win a prize: https://evil.test/") == [
        Block("text", "Hello"),
        Block("quote", "Win a prize: https://evil.test/"),
    ]


@pytest.mark.parametrize("url", ["https://evil.test/x", "https://portal.test.evil.test/x"])
def test_a_button_leads_to_the_portal_only(url):
    assert blocks(f"Hello\n\nConfirm your voucher: {url}")[1] == Block(
        "text", f"Confirm your voucher: {url}"
    )


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.partition("<body>")[2]))


@pytest.mark.django_db
def test_the_html_twin_says_the_same(programme):
    html = html_twin("A question", BODY, programme, "en")

    assert html.count("<h1>Your broker has a question</h1>") == 1
    assert '<a href="https://portal.test/applications/1/">Answer the question</a>' in html
    said = text_of(html)
    for block in blocks(BODY):
        assert block.text.replace('"', "&quot;") in said
    assert "C4-ENL-0024" in said
    assert "Programme LSV. Paid by the funders." in said


def test_the_html_twin_escapes_what_it_quotes():
    assert "<script>" not in html_twin("Hello", "Hello\n\n  <script>alert(1)</script>", None, "en")


@pytest.mark.django_db
def test_the_frame_names_the_funders(programme):
    text = render_to_string(
        "portal/email/frame.txt",
        {"body": "Hello\n", "programme": programme, "site_url": "https://portal.test"},
    )
    assert text.split() == [
        *[
            "Hello",
            "--",
            "Programme",
            "LSV",
            "Paid",
            "by",
            "the",
            "funders.",
            "https://portal.test",
        ],
    ]


@pytest.fixture
def membership(organisation, member, now):
    return organisations.ask_to_join(organisation, by=Actor.person(member), now=now)


@pytest.mark.django_db
def test_a_request_goes_to_the_owners_and_without_any_to_the_regions_brokers(
    membership, broker, make_person, now
):
    asked = JoinAsked(membership, extra={"now": now})
    assert [reader.email for reader in asked.readers()] == [broker.email]
    organisations.admit(membership, by=Actor.person(broker), now=now)
    second = organisations.ask_to_join(
        membership.organisation, by=Actor.person(make_person("second")), now=now
    )
    assert [reader.email for reader in JoinAsked(second).readers()] == ["member@people.test"]


@pytest.mark.django_db
def test_a_letter_is_queued_once(membership, now):
    notify(JoinAsked(membership), now=now)
    notify(JoinAsked(membership), now=now)

    mail = OutgoingMail.objects.get(kind="join_asked")
    assert (mail.to, mail.subject, mail.once_key) == (
        ["nl-enl@brokers.example"],
        "Member asks to act for Voorbeeld Biotech BV",
        f"join_asked:{membership.pk}::nl-enl@brokers.example",
    )
    assert "Person  Member" in mail.body


@pytest.mark.django_db
def test_the_longest_address_gets_its_letter_and_gets_it_once(membership, now):
    address = f"{'a' * 64}@{'b' * 180}.example"
    Region.objects.filter(pk=membership.organisation.region_id).update(team_email=address)
    membership = Membership.objects.get(pk=membership.pk)
    notify(JoinAsked(membership, once="one"), now=now)
    notify(JoinAsked(membership, once="one"), now=now)
    notify(JoinAsked(membership, once="two"), now=now)
    keys = [mail.once_key for mail in OutgoingMail.objects.filter(to=[address])]
    assert [len(key) for key in keys] == [200, 200]


@pytest.mark.django_db
def test_a_letter_has_the_readers_language(membership, member, now):
    User.objects.filter(pk=member.pk).update(language="nl")
    with translation.override("fr"):
        [letter] = JoinAsked(membership, extra={"now": now}).letters()
        assert translation.get_language() == "fr"
    assert letter.language == "en"
    assert 'lang="en"' in letter.html


def test_the_html_twin_shows_the_emblem_at_its_public_address(programme, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    programme.emblem.save("emblem.png", ContentFile(b"png"))
    twin = html_twin("Subject", "Heading\n\nText", programme, "en")
    assert f'src="{settings.SITE_URL}/emblems/{programme.code}/"' in twin


def test_a_list_of_links_leads_to_pages_of_ours_alone(settings):
    settings.SITE_URL = "https://portal.test"
    ours = (
        "- One: https://evil.test/: https://portal.test/1/\n- Two, by 3 May: https://portal.test/2/"
    )
    [found] = blocks(ours)
    assert (found.kind, found.facts) == (
        "links",
        (
            ("One: https://evil.test/", "https://portal.test/1/"),
            ("Two, by 3 May", "https://portal.test/2/"),
        ),
    )
    assert [block.kind for block in blocks("- One: https://evil.test/")] == ["text"]
    assert [block.kind for block in blocks("# Claims to check\n\n# A\n# B")] == ["head", "text"]
