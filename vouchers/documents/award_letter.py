"""The award letter: what an SME gets, on which terms, as which aid."""

from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from portal.enums import GrantingMoment
from portal.models import ProgrammeRegion
from portal.templatetags.portal_ui import country_name
from vouchers.cases import aid_history, local_day
from vouchers.documents.frame import (
    Addressed,
    Cost,
    Line,
    added_words,
    addressed,
    broker_of,
    cost_lines,
    cost_totals,
)
from vouchers.enums import AidBasis, Payee, TextUse
from vouchers.models import Application, Award, Signature
from vouchers.rules import deminimis
from vouchers.rules.deminimis import AidLine, AidSource, Headroom

# Title and place in the Official Journal, which article 6 (7) of each de minimis act asks for.
LEGAL_ACTS = {
    "(EC) No 1998/2006": gettext_lazy(
        "Commission Regulation (EC) No 1998/2006 of 15 December 2006 on the application of "
        "Articles 87 and 88 of the Treaty to de minimis aid (OJ L 379, 28.12.2006, p. 5)"
    ),
    "(EU) No 1407/2013": gettext_lazy(
        "Commission Regulation (EU) No 1407/2013 of 18 December 2013 on the application of "
        "Articles 107 and 108 of the Treaty on the Functioning of the European Union to de "
        "minimis aid (OJ L 352, 24.12.2013, p. 1)"
    ),
    "(EU) 2023/2831": gettext_lazy(
        "Commission Regulation (EU) 2023/2831 of 13 December 2023 on the application of "
        "Articles 107 and 108 of the Treaty on the Functioning of the European Union to de "
        "minimis aid (OJ L, 2023/2831, 15.12.2023)"
    ),
}
GBER = gettext_lazy(
    "Article 20a of Commission Regulation (EU) No 651/2014 of 17 June 2014 declaring certain "
    "categories of aid compatible with the internal market (OJ L 187, 26.6.2014, p. 1)"
)
# What each other act calls the aid, and how it is quoted.
OTHER_ACTS = {
    AidBasis.GBER_20A: (gettext_lazy("aid exempted from notification"), GBER),
    AidBasis.MFA: (
        gettext_lazy("Minimal Financial Assistance"),
        gettext_lazy("Subsidy Control Act 2022 of the United Kingdom, section 36"),
    ),
}
SOURCES = {
    AidSource.DECLARED: gettext_lazy("You declared it"),
    AidSource.AWARDED: gettext_lazy("Voucher"),
    AidSource.OFFERED: gettext_lazy("Voucher offered, no answer yet"),
    AidSource.ADJUSTED: gettext_lazy("Moved after a split"),
}
GRANTED = {
    GrantingMoment.ACCEPTANCE: gettext_lazy("The aid is granted on the day you accept."),
    GrantingMoment.DECISION: gettext_lazy("The aid is granted on the day of the decision."),
}
PAYMENT = {
    Payee.SME: gettext_lazy("We pay you after your broker has approved your claim."),
    Payee.PROVIDER: gettext_lazy("We pay your partner after your broker has approved your claim."),
    Payee.PARTNER: gettext_lazy(
        "The region's partner organisation pays for the work; you send the report and the proofs."
    ),
}


class Grant(TypedDict):
    """An earlier aid in EUR; an offer without an answer has no day."""

    granted_on: date | None
    authority: str
    source: str
    amount: Decimal


class Aid(TypedDict):
    """The state-aid statement; amounts in EUR, ceiling and history for de minimis aid only."""

    kind: str
    legal_act: str
    gross_grant_equivalent: Decimal
    granting_sentence: str
    ceiling: Decimal | None
    member_state: str
    since: date | None
    history: list[Grant]
    total: Decimal | None
    left: Decimal | None


class Signed(TypedDict):
    """One region's signature."""

    name: str
    role: str
    signed_at: datetime


class AwardLetterFacts(Addressed):
    """What `vouchers/pdf/award_letter.html` prints; amounts in EUR, instants aware."""

    award_number: str
    application_number: str
    call: str
    decided_at: datetime
    message: str
    amount: Decimal
    amount_rule: str
    host_region: str
    provider_name: str
    start_on: date | None
    end_on: date | None
    claim_by: datetime | None
    validity_months: int
    claim_days: int
    accept_by: datetime | None
    appeal_by: date | None
    purpose: str
    cost_lines: list[Cost]
    cost_totals: list[Line]
    duties: list[str]
    added: list[str]
    aid: Aid | None
    signatures: list[Signed]


def award_letter_title(award: Award, *, language: str) -> str:
    """Return the letter's title."""
    with override(language):
        return _("Award letter %(number)s") % {"number": award.number}


def award_letter_facts(award: Award, *, language: str) -> AwardLetterFacts:
    """Freeze what the award letter says, from what the record says now."""
    with override(language):
        return _facts(award, award.application)


def _facts(award: Award, application: Application) -> AwardLetterFacts:
    decision = application.decisions.filter(replaced_at=None).first()
    costs = cost_lines(application.cost_lines.all())
    hosts = list(application.hosts.all())
    signed = application.signatures.filter(voided_at=None)
    return AwardLetterFacts(
        **addressed(application),
        award_number=award.number,
        application_number=application.reference or "",
        call=application.call.name,
        decided_at=award.offered_at,
        message=decision.message if decision else "",
        amount=award.amount,
        amount_rule=_amount_rule(application),
        host_region=application.host_region.name if application.host_region else "",
        provider_name=", ".join(host.name for host in hosts),
        start_on=award.starts_on,
        end_on=award.ends_on,
        claim_by=award.claim_by,
        validity_months=application.terms.validity_months,
        claim_days=application.terms.claim_days,
        accept_by=award.answer_by,
        appeal_by=decision.appeal_by if decision else None,
        purpose=application.voucher_type.summary,
        cost_lines=costs,
        cost_totals=cost_totals(costs, award.amount),
        duties=_duties(award, application),
        added=added_words(TextUse.AWARD_LETTER, application),
        aid=aid_of(award, application),
        signatures=[_signed(row) for row in signed.select_related("signed_by", "region")],
    )


def _amount_rule(application: Application) -> str:
    if application.terms.is_lump_sum:
        return _("a fixed amount, paid on an accepted report")
    return _("at most, for costs that you prove")


def _duties(award: Award, application: Application) -> list[str]:
    """Return the terms: use, claim, publicity, retention, changes, recovery, payment."""
    programme = application.call.programme
    return [
        _(
            "Do the work described in your application with the named partner. Ask your broker "
            "before you change the partner, the dates or a cost line by more than 10%."
        ),
        _("Send a short report, the invoices and the proofs of payment with your claim."),
        _(
            "Say in public texts about the project that %(programme)s supported it, with its "
            "emblem and the words “%(statement)s”."
        )
        % {"programme": programme.name, "statement": programme.funding_statement},
        _(
            "Keep all documents for ten years from the day the aid is granted, and show them to "
            "auditors who ask."
        ),
        _(
            "Tell your broker within seven days if your firm is sold, merges or ceases to be an "
            "SME."
        ),
        _("Pay the money back if what you declared is untrue or the work is not done as agreed."),
        str(PAYMENT[Payee(award.payee)]),
    ]


def aid_of(award: Award, application: Application) -> Aid | None:
    """Return the state-aid statement of an award, or None where it is no aid."""
    basis = AidBasis(application.terms.aid_basis)
    if basis == AidBasis.NONE:
        return None
    home = application.home_region
    room = _headroom(award, application) if basis == AidBasis.DE_MINIMIS else None
    terms = ProgrammeRegion.objects.filter(
        programme=application.call.programme_id, region=home
    ).first()
    moment = GrantingMoment(terms.granting_moment) if terms else GrantingMoment.ACCEPTANCE
    kind, act = (_("de minimis aid"), LEGAL_ACTS[room.regulation]) if room else OTHER_ACTS[basis]
    return Aid(
        kind=str(kind),
        legal_act=str(act),
        gross_grant_equivalent=award.amount,
        granting_sentence=str(GRANTED[moment]),
        ceiling=room.limit if room else None,
        member_state=country_name(home.country),
        since=room.since if room else None,
        history=[_grant(line) for line in room.counted] if room else [],
        total=room.used + award.amount if room else None,
        left=room.left - award.amount if room else None,
    )


def _headroom(award: Award, application: Application) -> Headroom:
    home, undertaking = application.home_region, application.undertaking
    return deminimis.headroom(
        aid_history(undertaking, apart_from=application.pk),
        undertaking=str(undertaking.pk),
        member_state=home.country,
        on=local_day(application.told_at or award.offered_at, home),
    )


def _grant(line: AidLine) -> Grant:
    return Grant(
        granted_on=line.granted_on,
        authority=line.authority,
        source=str(SOURCES[line.source]),
        amount=line.amount,
    )


def _signed(signature: Signature) -> Signed:
    return Signed(
        name=str(signature.signed_by or ""),
        role=broker_of(signature.region),
        signed_at=signature.signed_at,
    )
