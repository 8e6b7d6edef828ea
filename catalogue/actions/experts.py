"""Experts are persons: named by the provider, shown while they agree, forgotten when they leave."""

import re
import secrets
from datetime import datetime, timedelta

from catalogue.actions.require import require
from catalogue.actions.revisions import delete_photos
from catalogue.enums import RecordKind, RecordState
from catalogue.models import Expert, Record
from catalogue.models.content import FIELD_NAMES
from catalogue.notifications.experts import ExpertAgreed, ExpertAnswered, ExpertAsked
from catalogue.permissions import EXPERT, may_forget_person, may_name_person
from catalogue.rules.forgetting import ERASED, is_same_name, without
from catalogue.workflow import LOSE_PERSON
from portal import links, outbox
from portal.enums import LinkPurpose
from portal.models import JournalEntry, MailLink
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.queue import enqueue, notify
from portal.workflow import action, lock, move, record

CONSENT_LIFETIME = timedelta(days=30)
WITHDRAWAL_LIFETIME = timedelta(days=2 * 365)
# What everybody reads of a person who agrees.
SHOWN = ("name", "email", "orcid", "availability")
STORED = (*SHOWN, "language")
# The address of a record that has forgotten its person: the old one was made of the title.
NEUTRAL = re.compile(r"expert-[0-9a-f]{12}")


class NotAnExpert(Exception):
    """Only the record of an expert describes a person."""


class StillAsked(Exception):
    """The person was asked with the same words and has not answered; nothing is sent."""


class NobodyNamed(Exception):
    """The record names no person, so nobody can agree or leave."""


@action
def name_person(
    row: Record,
    *,
    name: str,
    email: str,
    orcid: str = "",
    language: str,
    availability: str = "",
    by: Actor,
    now: datetime,
    link_now: datetime,
) -> Expert:
    """Say whom an expert's record describes and ask that person; until then nobody reads of them.

    A person who has agreed is asked anew when something changes that everybody reads, and the
    record is hidden meanwhile. Who is replaced by somebody else is forgotten first. `link_now` is
    real time. Raises PermissionDenied, NotAnExpert, and StillAsked where nothing changes while a
    question waits.
    """
    fresh = lock(row, "provider__organisation", "region")
    require(may_name_person(by, fresh))
    if fresh.kind != RecordKind.EXPERT:
        raise NotAnExpert
    said = {
        "name": name,
        "email": email,
        "orcid": orcid,
        "language": language,
        "availability": availability,
    }
    person = _person_of(fresh) or Expert(record=fresh)
    if person.email:
        _make_way(person, name=name, email=email, by=by, now=now, at=link_now)
    changed = [field for field in STORED if getattr(person, field) != said[field]]
    if person.agrees and not set(changed) & set(SHOWN):
        return _keep(person, said, changed, by=by, now=now)
    if not changed and _is_asked(person, at=link_now):
        raise StillAsked
    person.agreed_at = person.withdrawn_at = None
    person.shows_contact = False
    person.asked_at = now
    _keep(person, said, changed, by=by, now=now)
    _lose(fresh, by=by, now=now)
    _ask(person, sender=by, now=now, at=link_now)
    return person


@action
def agree(token: str, *, shows_contact: bool, now: datetime, link_now: datetime) -> Expert:
    """Use the link of a letter: the person agrees, and gets the way out by mail.

    Raises LinkNotValid.
    """
    link = links.find(LinkPurpose.EXPERT_CONSENT, token, now=link_now)
    person = _locked(link)
    links.use(LinkPurpose.EXPERT_CONSENT, token, now=link_now)
    links.replace(LinkPurpose.EXPERT_CONSENT, data=link.data, now=link_now)
    person.agreed_at, person.shows_contact = now, shows_contact
    person.save(update_fields=["agreed_at", "shows_contact"])
    record(
        person,
        "agree",
        by=EXPERT,
        now=now,
        chain=PORTAL_CHAIN,
        record=person.record_id,
        shows_contact=shows_contact,
    )
    _tell_way_out(person, now=now, at=link_now)
    notify(ExpertAnswered(person.record, once=f"agree {now.isoformat()}", agrees=True), now=now)
    return person


@action
def refuse(token: str, *, now: datetime, link_now: datetime) -> Record:
    """Use the link of a letter: the person does not agree, and is forgotten.

    Raises LinkNotValid.
    """
    person = _locked(links.find(LinkPurpose.EXPERT_CONSENT, token, now=link_now))
    links.use(LinkPurpose.EXPERT_CONSENT, token, now=link_now)
    return _leave(person, "refuse", by=EXPERT, now=now, at=link_now)


@action
def withdraw_by_link(token: str, *, now: datetime, link_now: datetime) -> Record:
    """Use the link of a letter: the person leaves at once and is forgotten. Raises LinkNotValid."""
    person = _locked(links.find(LinkPurpose.EXPERT_WITHDRAWAL, token, now=link_now))
    links.use(LinkPurpose.EXPERT_WITHDRAWAL, token, now=link_now)
    return _leave(person, "withdraw", by=EXPERT, now=now, at=link_now)


@action
def withdraw(row: Record, *, by: Actor, now: datetime, link_now: datetime) -> Record:
    """Take a person out on their word. Raises PermissionDenied and NobodyNamed."""
    fresh = lock(row, "provider__organisation", "region")
    require(may_forget_person(by, fresh))
    person = _person_of(fresh)
    if person is None or person.withdrawn_at is not None:
        raise NobodyNamed
    return _leave(person, "withdraw", by=by, now=now, at=link_now)


@action
def renew_question(link: MailLink, *, now: datetime, link_now: datetime) -> bool:
    """Ask a person anew whose link has expired; False where a newer link is on its way."""
    person = _locked(link)
    if not links.waits(link):
        return False
    _ask(person, sender=Actor(link.made_by, "person"), now=now, at=link_now)
    return True


@action
def renew_way_out(link: MailLink, *, now: datetime, link_now: datetime) -> bool:
    """Mail the way out anew whose link has expired; False where a newer link is on its way."""
    person = _locked(link)
    if not links.waits(link):
        return False
    _tell_way_out(person, now=now, at=link_now)
    return True


def described_by(link: MailLink) -> Expert:
    """Return the person of a link in a letter, with the record."""
    rows = Expert.objects.select_related("record__provider__organisation", "record__region")
    return rows.get(pk=link.data["expert"])


def _locked(link: MailLink) -> Expert:
    """Lock record, then person, and read both anew; the links go last, as in name_person."""
    row = lock(described_by(link).record, "provider__organisation", "region")
    person = _person_of(row)
    assert person is not None  # noqa: S101  a person is blanked, never deleted
    return person


def _person_of(row: Record) -> Expert | None:
    """Lock the person of a record that is locked already; none where nobody was ever named."""
    person = Expert.objects.select_for_update(no_key=True).filter(record=row).first()
    if person is not None:
        # One instance of the record, so that what moves it here is seen there.
        person.record = row
    return person


def _make_way(
    person: Expert, *, name: str, email: str, by: Actor, now: datetime, at: datetime
) -> None:
    """Forget who is known, where another is named now; of a new address only the old one."""
    if not is_same_name(person.name, name):
        _forget(person, "replace", by=by, now=now, at=at)
    elif person.email.casefold() != email.casefold():
        _erase(person, [person.email], at=at)


def _keep(
    person: Expert, said: dict[str, str], changed: list[str], *, by: Actor, now: datetime
) -> Expert:
    for field, value in said.items():
        setattr(person, field, value)
    person.save()
    record(
        person,
        "name",
        by=by,
        now=now,
        chain=PORTAL_CHAIN,
        personal={field: said[field] for field in changed} or None,
        record=person.record_id,
        changed=changed,
    )
    return person


def _lose(row: Record, *, by: Actor, now: datetime) -> None:
    if row.state == RecordState.PUBLISHED:
        move(row, LOSE_PERSON, by=by, now=now)


def _is_asked(person: Expert, *, at: datetime) -> bool:
    """Whether a link waits by which the person can answer."""
    waiting = MailLink.objects.filter(
        purpose=LinkPurpose.EXPERT_CONSENT, used_at=None, replaced_at=None, expires_at__gt=at
    )
    return waiting.filter(data__contains={"expert": person.pk}).exists()


def _ask(person: Expert, *, sender: Actor, now: datetime, at: datetime) -> None:
    purpose, data = LinkPurpose.EXPERT_CONSENT, {"expert": person.pk}
    links.replace(purpose, data=data, now=at)
    token = links.make(
        purpose, email=person.email, data=data, lifetime=CONSENT_LIFETIME, by=sender, now=at
    )
    link = links.find(purpose, token, now=at)
    enqueue(*ExpertAsked(link, token=token, person=person).letters(), now=now, is_private=True)


def _tell_way_out(person: Expert, *, now: datetime, at: datetime) -> None:
    purpose, data = LinkPurpose.EXPERT_WITHDRAWAL, {"expert": person.pk}
    links.replace(purpose, data=data, now=at)
    token = links.make(
        purpose, email=person.email, data=data, lifetime=WITHDRAWAL_LIFETIME, by=EXPERT, now=at
    )
    link = links.find(purpose, token, now=at)
    enqueue(*ExpertAgreed(link, token=token, person=person).letters(), now=now, is_private=True)


def _leave(person: Expert, verb: str, *, by: Actor, now: datetime, at: datetime) -> Record:
    """Forget the person and tell the provider, who has to name somebody else."""
    row = _forget(person, verb, by=by, now=now, at=at)
    notify(ExpertAnswered(row, once=f"{verb} {now.isoformat()}", agrees=False), now=now)
    return row


def _forget(person: Expert, verb: str, *, by: Actor, now: datetime, at: datetime) -> Record:
    """Hide the record and erase the person: here, its photos and address, links and journal."""
    row = person.record
    words = [person.name, person.email]
    _lose(row, by=by, now=now)
    for field in SHOWN:
        setattr(person, field, "")
    person.agreed_at, person.shows_contact, person.withdrawn_at = None, False, now
    person.save()
    _erase(person, words, at=at)
    _erase_pictures(row)
    _rename(row)
    record(person, verb, by=by, now=now, chain=PORTAL_CHAIN, record=row.pk)
    return row


def _erase(person: Expert, words: list[str], *, at: datetime) -> None:
    """End the person's links, and erase these words and whom links and journal name."""
    row = person.record
    _erase_words(row, words)
    data = {"expert": person.pk}
    for purpose in (LinkPurpose.EXPERT_CONSENT, LinkPurpose.EXPERT_WITHDRAWAL):
        links.replace(purpose, data=data, now=at)
    outbox.forget(links.forget(data=data))
    for subject in (person, row, *row.revisions.all()):
        JournalEntry.objects.about(subject).update(personal={})


def _erase_words(row: Record, words: list[str]) -> None:
    """Take a person's name and address out of what the record says, said and would say."""
    columns = without({name: getattr(row, name) for name in (*FIELD_NAMES, "keywords")}, words)
    for name, value in columns.items():
        setattr(row, name, value)
    row.title, row.summary = row.title or ERASED, row.summary or ERASED
    row.save(update_fields=[*columns])
    for kept in (*row.versions.all(), *row.revisions.all()):
        kept.content = without(kept.content, words)
        kept.save(update_fields=["content"])


def _erase_pictures(row: Record) -> None:
    """Delete all photos: they and their texts may show the person."""
    for kept in (*row.versions.all(), *row.revisions.all()):
        if kept.content.get("photos"):
            kept.content = {**kept.content, "photos": []}
            kept.save(update_fields=["content"])
    delete_photos(row.photos.all())


def _rename(row: Record) -> None:
    if not NEUTRAL.fullmatch(row.slug):
        row.slug = f"expert-{secrets.token_hex(6)}"
        row.save(update_fields=["slug"])
