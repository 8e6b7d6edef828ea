"""A stage for whole-site tests: an application at every step, and a browser for each role."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, cached_property
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from brokers import actions as enquiries
from brokers.models import Enquiry
from catalogue.actions import experts, joining, submit_revision, write_revision
from catalogue.enums import ProviderKind, RecordKind
from catalogue.models import Competence, ProviderRequest, Record, Revision
from portal import clock
from portal.actions.people import invite_staff
from portal.enums import DocumentState, LinkPurpose, MembershipState, Role, TaskKind
from portal.models import (
    Document,
    JournalEntry,
    MailLink,
    Membership,
    OutgoingMail,
    ProgrammeRegion,
    ProgrammeRole,
    RegionRole,
    StaffTask,
    User,
)
from portal.permissions import Actor
from tests.catalogue import factories as catalogue
from tests.rigs import Visit, visit
from tests.vouchers import agreeing, factories, lives
from vouchers.actions import (
    absences,
    appeals,
    assessments,
    awards,
    call_changes,
    conflicts,
    extensions,
    payments,
    retention,
    staff_notes,
)
from vouchers.actions.refused_checks import count_refusals
from vouchers.enums import KeptFile, PartyRole, Side, TextUse
from vouchers.models import (
    Absence,
    Appeal,
    Application,
    Award,
    CallChange,
    Claim,
    ConflictOfInterest,
    Extension,
    Instruction,
    PaymentBatch,
    QuestionSet,
    RefusedCheck,
    RetentionPeriod,
    TextBlock,
)

ROLES = (
    "nobody",
    "sme",
    "other",
    "broker",
    "host",
    "third",
    "finance",
    "manager",
    "auditor",
    "assessor",
)
EXPERT = "deskundig@lab.example"
NOTE = "A note for East Netherlands alone"
KEPT_AT_HOME = "Telephoned: the firm moves in summer"
KEPT_AT_HOST = "The laboratory is full until June"
UNAPPROVED = "A rule that no broker has approved"
CASES = (
    "draft",
    "submitted",
    "signed",
    "assessed",
    "held",
    "offered",
    "written",
    "filed",
    "paid",
)


@dataclass(frozen=True)
class Stage:
    """A world with an application at every step, and a browser for each role.

    The SME of `sme` owns all of them; `other` is another SME of the same region, `third` a broker
    whose region has no part in them, `assessor` a broker who assesses the case "assessed".
    """

    world: factories.World
    cases: Mapping[str, Application]
    people: Mapping[str, User | None]

    @cached_property
    def clients(self) -> Mapping[str, Client]:
        """One browser a role, signed in."""
        found = {}
        for role, person in self.people.items():
            found[role] = client = Client()
            if person is not None:
                client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return found

    def award(self, case: str) -> Award:
        """The award of a case."""
        return Award.objects.get(application=self.cases[case])

    def claim(self, case: str) -> Claim:
        """The claim of a case."""
        return Claim.objects.get(award__application=self.cases[case])

    def get(self, role: str, address: str) -> Any:
        """Answer a GET of the role."""
        return self.clients[role].get(address)


@contextmanager
def played(now: Any = factories.NOW) -> Iterator[Stage]:
    """Play the stage with the business clock standing still inside its open call."""
    with clock.moved_to(now):
        yield make_stage(factories.make_world(now))


def make_stage(world: factories.World) -> Stage:
    """Bring one application to every step, by the real actions."""
    assessor = factories.make_person("assessor@snl.example")
    RegionRole.objects.create(
        user=assessor,
        region=world.regions["NL-SNL"],
        role=Role.BROKER,
        organisation="Assessor office",
        starts_at=world.now - timedelta(days=365),
    )
    cases = {case: STEPS[case](world, assessor) for case in CASES}
    for application in cases.values():
        _own(application, world.sme, world)
    _around(world)
    _instruct(world)
    for document in Document.objects.all():
        _print(document)
    people = {
        "nobody": None,
        "sme": world.sme,
        "other": factories.another_sme(world),
        "broker": world.broker,
        "host": world.host_broker,
        "third": world.other_broker,
        "finance": world.finance,
        "manager": world.manager,
        "auditor": world.auditor,
        "assessor": assessor,
    }
    return Stage(world, cases, people)


def _own(application: Application, user: User, world: factories.World) -> None:
    """Let the stage's SME own the firm that applied; one firm may apply once."""
    Membership.objects.create(
        user=user,
        organisation=application.organisation,
        is_owner=True,
        state=MembershipState.ACTIVE,
        asked_at=world.now,
        decided_at=world.now,
    )


def _draft(world: factories.World, _assessor: User) -> Application:
    return factories.complete_draft(world, by=factories.another_sme(world))


def _submitted(world: factories.World, _assessor: User) -> Application:
    return factories.submitted(world, by=factories.another_sme(world))


def _signed(world: factories.World, _assessor: User) -> Application:
    application = factories.eligible(world, by=factories.another_sme(world))
    awards.sign(
        application,
        side=Side.HOME,
        amount=application.amount,
        note=NOTE,
        by=Actor.person(world.broker),
        now=world.now,
    )
    for text, person in ((KEPT_AT_HOME, world.broker), (KEPT_AT_HOST, world.host_broker)):
        staff_notes.write(application, text=text, by=Actor.person(person), now=world.now)
    return application


def _assessed(world: factories.World, assessor: User) -> Application:
    application = factories.eligible(world, by=factories.another_sme(world))
    by = Actor.person(world.broker)
    assessments.assign(application, assessor=assessor, by=by, now=world.now)
    return application


def _held(world: factories.World, _assessor: User) -> Application:
    offer = world.offers["collaboration"]
    offer.holds_letters = True
    offer.save()
    return factories.approved(world, "collaboration", by=factories.another_sme(world)).application


def _offered(world: factories.World, _assessor: User) -> Application:
    agreeing.ask_for_agreements(world)
    return factories.approved(world, by=factories.another_sme(world)).application


def _written(world: factories.World, _assessor: User) -> Application:
    return _with_other_sme(world, lives.written).award.application


def _filed(world: factories.World, _assessor: User) -> Application:
    return _with_other_sme(world, lives.filed).award.application


def _paid(world: factories.World, _assessor: User) -> Application:
    return _with_other_sme(world, lives.paid).award.application


def _with_other_sme(world: factories.World, live: Callable[..., Claim]) -> Claim:
    """Let another firm of the world live a Meet & Greet, which has receipts."""
    usual, world.sme = world.sme, factories.another_sme(world)
    try:
        return live(world, "meet_greet")
    finally:
        world.sme = usual


STEPS: Mapping[str, Callable[[factories.World, User], Application]] = {
    "draft": _draft,
    "submitted": _submitted,
    "signed": _signed,
    "assessed": _assessed,
    "held": _held,
    "offered": _offered,
    "written": _written,
    "filed": _filed,
    "paid": _paid,
}


def _around(world: factories.World) -> None:
    """Add what stands beside applications: a question, an invitation, a request to join."""
    enquiries.ask(
        region=world.home,
        about=None,
        home_region=world.home,
        language="en",
        name="A. Vrager",
        email="vrager@voorbeeld.example",
        organisation="Vrager BV",
        question="Which facility measures peptides?",
        by=Actor(user=None, label="visitor"),
        now=world.now,
    )
    invite_staff(
        email="new@enl.example",
        role=Role.BROKER,
        scope=world.home,
        programme=world.programme,
        organisation="Broker office",
        by=Actor.person(world.manager),
        now=world.now,
        link_now=world.now,
    )
    Membership.objects.create(
        user=factories.make_person("asks@voorbeeld.example"),
        organisation=world.organisation,
        state=MembershipState.REQUESTED,
        asked_at=world.now,
    )
    months = {"months": 6, "by": Actor.person(world.manager), "now": world.now}
    retention.set_period(KeptFile.DRAFT, **months)
    count_refusals(
        ["same_region"],
        programme=world.programme,
        voucher_type=None,
        region=world.home,
        by=Actor(user=None, label="visitor"),
        now=world.now,
    )
    extensions.give(
        factories.draft(world, "meet_greet", by=factories.another_sme(world)),
        until=world.call.closes_at + timedelta(days=20),
        reason="hospital",
        by=Actor.person(world.broker),
        now=world.now,
    )
    call_changes.ask(
        world.call,
        changes={"text": "New words"},
        reason="A question came often.",
        by=Actor.person(world.manager),
        now=world.now,
    )
    TextBlock.objects.create(
        programme=world.programme, use=TextUse.REFUSAL, title="Scope", text="Outside."
    )
    StaffTask.objects.create(
        kind=TaskKind.BOUNCE, key="gone@voorbeeld.example", region=world.home, opened_at=world.now
    )
    second = factories.another_broker(world, "NL-ENL")
    absences.enter(
        world.home,
        deputy=second,
        starts_on=world.now.date() + timedelta(days=30),
        ends_on=world.now.date() + timedelta(days=40),
        by=Actor.person(world.broker),
        now=world.now,
    )
    loser = factories.another_sme(world)
    lost = factories.rejected(world, by=loser)
    appeals.file(lost, text="It is strong.", by=Actor.person(loser), now=world.now)
    conflicts.declare(
        lost,
        party=PartyRole.PARTNER,
        statement="My sister works there.",
        by=Actor.person(second),
        now=world.now,
    )
    term = Competence.objects.create(slug="proteomics", name="Proteomics")
    by = Actor.person(world.broker)
    change = write_revision(
        world.records["NL-ENL"],
        changes={"competences": [term.slug], "access_types": ["remote"], "own_rule": UNAPPROVED},
        by=by,
        now=world.now,
    )
    submit_revision(change, by=by, now=world.now)
    joining.ask_to_be_listed(
        region=world.home,
        organisation_name="Nieuw Lab",
        kind=ProviderKind.PUBLIC,
        city="Enschede",
        website="",
        offer="Peptides.",
        name="A. Nieuw",
        email="nieuw@lab.example",
        language="en",
        by=Actor(user=None, label="visitor"),
        now=world.now,
    )
    experts.name_person(
        _expert(world),
        name="E. Deskundig",
        email=EXPERT,
        language="en",
        by=Actor.person(world.broker),
        now=world.now,
        link_now=world.now,
    )


def _instruct(world: factories.World) -> None:
    """Put an approved claim into a batch that is with the bank."""
    claim = _with_other_sme(world, lives.approved)
    account = {"debtor_name": "Voorbeeld Oost", "debtor_iban": "BE68539007547034"}
    ProgrammeRegion.objects.filter(region=world.home).update(**account)
    by = Actor.person(world.finance)
    pot, day = world.pots["NL-ENL"], world.now.date()
    payments.make(pot, chosen=[claim], execution_date=day, by=by, now=world.now)


def _expert(world: factories.World) -> Record:
    """A draft about a person of the home region, who has been asked."""
    return catalogue.record(
        world.records["NL-ENL"].provider, kind=RecordKind.EXPERT, is_public=False
    )


def _print(document: Document) -> None:
    """Give a document a file, without the seconds that a true letter takes."""
    document.state, document.sha256 = DocumentState.READY, "0" * 64
    document.file.save(f"{document.number}.pdf", ContentFile(lives.pdf()), save=False)
    document.save(update_fields=["state", "sha256", "file"])


def addresses(stage: Stage) -> dict[str, str]:
    """Return the address of every page of ours, labelled by URL name and, in brackets, case."""
    world = stage.world
    return {
        **{name: reverse(name) for name in PLAIN},
        "verify_number": reverse("verify_number", args=["LSV-9-COL-999-L"]),
        "catalogue_record": reverse("catalogue_record", args=[world.records["DE-NDS"].slug]),
        "catalogue_provider": reverse(
            "catalogue_provider", args=[world.records["DE-NDS"].provider.slug]
        ),
        "sitemap": reverse("sitemap", args=["catalogue"]),
        **_of_provider(stage),
        "broker_page": reverse("broker_page", args=[world.home.slug]),
        "provider_person": reverse(
            "provider_person", args=[Record.objects.get(person__email=EXPERT).slug]
        ),
        "call": reverse("call", args=["lsv-1"]),
        "voucher_rules": reverse("voucher_rules", args=["lsv-1", "insight"]),
        "organisation": reverse("organisation", args=[world.organisation.pk]),
        "organisation_edit": reverse("organisation_edit", args=[world.organisation.pk]),
        **_of_profile(world.organisation.pk),
        "application_new": reverse("application_new", args=["lsv-1", "meet_greet"]),
        **_of_applications(stage),
        **_of_awards(stage),
        **_of_desk(stage),
        **_of_admin(stage),
    }


def _of_profile(firm: int) -> dict[str, str]:
    """The firm's profile, which nobody has begun."""
    names = ("overview", "group", "party_new", "stake", "confirm", "declaration")
    return {
        **{f"profile_{name}": reverse(f"profile_{name}", args=[firm]) for name in names},
        "profile_step": reverse("profile_step", args=[firm, "activity"]),
        "profile_party": reverse("profile_party", args=[firm, "p1"]),
    }


def _of_provider(stage: Stage) -> dict[str, str]:
    """The pages of a provider of the home region, with a change that waits for the broker."""
    record = stage.world.records["NL-ENL"]
    pages = ("provider", "provider_edit", "provider_rules", "provider_record_new")
    of_record = ("record", "record_edit", "record_preview", "record_photos")
    return {
        **{name: reverse(name, args=[record.provider_id]) for name in pages},
        **{
            f"provider_{page}": reverse(f"provider_{page}", args=[record.slug])
            for page in of_record
        },
        "provider_record_version": reverse("provider_record_version", args=[record.slug, 1]),
    }


PLAIN = (
    "healthz",
    "readyz",
    "home",
    "about",
    "privacy",
    "accessibility",
    "verify",
    "statistics",
    "statistics_applications",
    "statistics_csv",
    "statistics_json",
    "statistics_xlsx",
    "profile",
    "staff_mails",
    "own_data",
    "own_data_download",
    "own_data_erase",
    "organisations",
    "organisation_register",
    "organisation_find",
    "catalogue_search",
    "catalogue_csv",
    "robots",
    "sitemap_index",
    "broker_list",
    "provider_home",
    "provider_join",
    "need",
    "self_check",
    "dashboard",
    "calls",
    "applications",
    "application_start",
    "application_begin_for",
    "admin:index",
)
OF_APPLICATIONS = (
    "application",
    "application_check",
    "application_receipt",
    "application_withdraw",
    "application_reopen",
    "application_discard",
    "application_copy",
    "application_text",
    "application_hosts",
    "application_consent",
    "application_people",
)
OF_AWARDS = (
    "award",
    "award_decline",
    "award_letter",
    "award_agreement",
    "award_agreement_file",
    "award_changes",
    "claim",
    "claim_report",
    "claim_account",
    "claim_vat",
    "claim_receipt_new",
    "claim_check",
    "claim_advice",
)


def _of_applications(stage: Stage) -> dict[str, str]:
    address = stage.cases["assessed"].address
    found = {"application [assessed]": reverse("application", args=[address])}
    for case in ("draft", "submitted", "signed", "held"):
        application = stage.cases[case]
        file = application.attachments.earliest("pk")
        for name in OF_APPLICATIONS:
            found[f"{name} [{case}]"] = reverse(name, args=[application.address])
        for code in ("organisation", "about"):
            found[f"application_section [{case}] {code}"] = reverse(
                "application_section", args=[application.address, code]
            )
        found[f"application_file [{case}]"] = reverse(
            "application_file", args=[application.address, file.pk]
        )
    return found


def _of_awards(stage: Stage) -> dict[str, str]:
    found = {}
    for case in ("held", "offered", "paid"):
        for name in OF_AWARDS:
            found[f"{name} [{case}]"] = reverse(name, args=[stage.cases[case].address])
    for case in ("written", "filed", "paid"):
        line, address = stage.claim(case).lines.get(), stage.cases[case].address
        for name, pk in (
            ("claim_receipt", line.pk),
            ("claim_receipt_remove", line.pk),
            ("claim_receipt_answer", line.pk),
            ("claim_file", line.receipt_id),
        ):
            found[f"{name} [{case}]"] = reverse(name, args=[address, pk])
    return found


def _of_desk(stage: Stage) -> dict[str, str]:
    base = "admin:vouchers"
    of_work = ("letters", "bulk", "bulk_done", "views")
    found = {f"{base}_application_{p}": reverse(f"{base}_application_{p}") for p in of_work}
    name = f"{base}_application_letter"
    found[f"{name} [held]"] = reverse(name, args=[stage.cases["held"].reference])
    firm = stage.world.organisation.pk
    found["admin:portal_organisation_reads"] = reverse(
        "admin:portal_organisation_reads", args=[firm]
    )
    found[f"{base}_claim_payments"] = reverse(f"{base}_claim_payments")
    batch = PaymentBatch.objects.get()
    found[f"{base}_paymentbatch_file"] = reverse(
        f"{base}_paymentbatch_file", args=[batch.pk, "xml"]
    )
    found[f"{base}_paymentbatch_refuse"] = reverse(
        f"{base}_paymentbatch_refuse", args=[batch.pk, Instruction.objects.get().pk]
    )
    found[f"{base}_claim_receipts"] = reverse(f"{base}_claim_receipts")
    found[f"{base}_award_register"] = reverse(f"{base}_award_register")
    found[f"{base}_award_register_file"] = reverse(f"{base}_award_register_file", args=["csv"])
    for case in ("draft", "submitted", "signed", "assessed", "held", "paid"):
        row = stage.cases[case]
        reference = row.reference or str(row.pk)
        for page in ("change", "copy", "suggestions", "undertaking", "next", "conflict"):
            name = f"{base}_application_{page}"
            found[f"{name} [{case}]"] = reverse(name, args=[reference])
        name = f"{base}_application_history"
        found[f"{name} [{case}]"] = reverse(name, args=[row.pk])
        if attachment := row.attachments.first():
            name = f"{base}_application_file"
            found[f"{name} [{case}]"] = reverse(name, args=[reference, attachment.upload_id])
    for case in ("held", "offered", "paid"):
        for page in ("change", "history", "letter", "agreement", "file"):
            name = f"{base}_award_{page}"
            found[f"{name} [{case}]"] = reverse(name, args=[stage.award(case).pk])
    for case in ("filed", "paid"):
        claim = stage.claim(case)
        for page in ("change", "history"):
            name = f"{base}_claim_{page}"
            found[f"{name} [{case}]"] = reverse(name, args=[claim.pk])
        name = f"{base}_claim_file"
        found[f"{name} [{case}]"] = reverse(name, args=[claim.pk, claim.lines.get().receipt_id])
    return found


def _of_admin(stage: Stage) -> dict[str, str]:
    """The pages of Django's own that each registered model has, and ours beside them."""
    rows = admin_rows(stage)
    found = {}
    for model, row in rows.items():
        for page in ("changelist", "add"):
            found[f"admin:{model}_{page}"] = reverse(f"admin:{model}_{page}")
        for page in ("change", "history"):
            name = f"admin:{model}_{page}"
            if model not in OF_CASES:
                found[name] = reverse(name, args=[row.pk])
    for name in WITHOUT_ROW:
        found[f"admin:{name}"] = reverse(f"admin:{name}")
    for name in (
        "portal_regionrole_end",
        "portal_programmerole_end",
        "portal_document_download",
        "vouchers_call_copy",
        "vouchers_call_ask",
        "vouchers_call_preview",
        "vouchers_questionset_preview",
        "brokers_enquiry_answer",
        "brokers_enquiry_close",
        "catalogue_record_hide",
        "catalogue_revision_return",
        "catalogue_providerrequest_accept",
        "catalogue_providerrequest_refuse",
        "catalogue_provider_invite",
        "portal_stafftask_finish",
        "vouchers_appeal_dismiss",
        "vouchers_appeal_uphold",
        "vouchers_conflictofinterest_clear",
        "vouchers_conflictofinterest_confirm",
        "vouchers_extension_agree",
        "vouchers_extension_refuse",
        "vouchers_absence_end",
    ):
        model, _dash, _page = name.rpartition("_")
        found[f"admin:{name}"] = reverse(f"admin:{name}", args=[rows[model].pk])
    period = "admin:vouchers_retentionperiod_period"
    found[period] = reverse(period, args=["draft"])
    for app in ("portal", "vouchers", "brokers", "catalogue"):
        found[f"admin:app_list {app}"] = reverse("admin:app_list", args=[app])
    return found


WITHOUT_ROW = (
    "vouchers_conflictofinterest_report",
    "portal_regionrole_invite",
    "vouchers_paymentbatch_new",
    "vouchers_pot_allocate",
    "portal_programmerole_invite",
    "catalogue_provider_invite_new",
    "catalogue_accessrules_publish",
    "vouchers_extension_give",
    "vouchers_absence_enter",
)
# Their pages are asked for each case.
OF_CASES = frozenset({"vouchers_application", "vouchers_award", "vouchers_claim"})


def admin_rows(stage: Stage) -> dict[str, Any]:
    """One row of each model at the desk, of the home region where it has one."""
    world = stage.world
    return {
        "portal_user": world.sme,
        "portal_organisation": world.organisation,
        "portal_membership": Membership.objects.get(state=MembershipState.REQUESTED),
        "portal_region": world.home,
        "portal_programme": world.programme,
        "portal_journalentry": JournalEntry.objects.filter(chain="LSV").earliest("pk"),
        "portal_outgoingmail": OutgoingMail.objects.filter(programme=world.programme).latest("pk"),
        "portal_document": Document.objects.earliest("pk"),
        "portal_maillink": MailLink.objects.get(purpose=LinkPurpose.STAFF_INVITATION),
        "portal_regionrole": RegionRole.objects.get(user=world.broker),
        "portal_programmerole": ProgrammeRole.objects.get(user=world.auditor),
        "vouchers_application": stage.cases["submitted"],
        "vouchers_award": stage.award("offered"),
        "vouchers_claim": stage.claim("filed"),
        "vouchers_paymentbatch": PaymentBatch.objects.get(),
        "vouchers_pot": world.pots["NL-ENL"],
        "vouchers_vouchertype": world.voucher_type("insight"),
        "vouchers_call": world.call,
        "vouchers_questionset": QuestionSet.objects.earliest("pk"),
        "vouchers_retentionperiod": RetentionPeriod.objects.get(),
        "vouchers_extension": Extension.objects.get(),
        "vouchers_callchange": CallChange.objects.get(),
        "vouchers_textblock": TextBlock.objects.get(),
        "vouchers_absence": Absence.objects.get(),
        "vouchers_appeal": Appeal.objects.get(),
        "vouchers_conflictofinterest": ConflictOfInterest.objects.get(),
        "portal_stafftask": StaffTask.objects.get(),
        "vouchers_refusedcheck": RefusedCheck.objects.get(),
        "brokers_enquiry": Enquiry.objects.get(),
        "catalogue_record": world.records["NL-ENL"],
        "catalogue_revision": Revision.objects.get(),
        "catalogue_providerrequest": ProviderRequest.objects.get(),
        "catalogue_provider": world.records["NL-ENL"].provider,
        "catalogue_accessrules": world.records["NL-ENL"].provider.accepted_rules,
        "catalogue_competence": Competence.objects.get(),
    }


def roles_for(label: str) -> tuple[str, ...]:
    """Who visits an address: host and assessor differ from a third region's broker by case only."""
    return ROLES if "[" in label else tuple(r for r in ROLES if r not in {"host", "assessor"})


def secrets_of(stage: Stage) -> dict[str, str]:
    """Words that only some may read, by what they tell."""
    return {
        "figures": "€1,900,000",
        "aid history": "Province of Gelderland",
        "home's note": NOTE,
        "kept at home": KEPT_AT_HOME,
        "kept at host": KEPT_AT_HOST,
        "account": lives.IBAN,
        "account in groups": " ".join(re.findall(".{1,4}", lives.IBAN)),
        "unsigned": str(stage.cases["submitted"].reference),
        "held award": stage.award("held").number,
        "payment": "2027-0001",
        "change": UNAPPROVED,
        "expert": EXPERT,
    }


@cache
def tour() -> Mapping[str, Mapping[str, Visit]]:
    """Let every role visit every address once; nothing stays in the database."""
    with transaction.atomic(), override_settings(MFA_RELAXED_FOR_DEMO=True), played() as stage:
        secrets = secrets_of(stage)
        found = {
            label: {role: visit(stage.clients[role], address, secrets) for role in roles_for(label)}
            for label, address in addresses(stage).items()
        }
        transaction.set_rollback(True)
    return found
