"""The agreement of firm, provider and partner organisation: the text, and the text with names."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from portal.models import Organisation, ProgrammeRegion
from portal.templatetags.portal_ui import country_name, day, money
from vouchers.documents.award_letter import aid_of
from vouchers.documents.frame import Addressed, addressed, broker_of
from vouchers.enums import Payee, Side
from vouchers.models import Agreement, Application, Award, Host, PartnerConsent, Signature

PAYMENT = {
    Payee.SME: gettext_lazy("It is paid to the firm, after the region has approved its claim."),
    Payee.PROVIDER: gettext_lazy(
        "It is paid to the provider, after the region has approved the firm's claim."
    ),
    Payee.PARTNER: gettext_lazy(
        "The partner organisation buys the work; the firm sends the report and the proofs."
    ),
}


class Party(TypedDict):
    """Who takes part, as what, and how it is known."""

    role: str
    name: str
    lines: list[str]


class Clause(TypedDict):
    """One heading of the text."""

    heading: str
    text: list[str]


class Signed(TypedDict):
    """One party's signature; on paper it has a day and no instant."""

    party: str
    name: str
    role: str
    signed_at: datetime | None
    signed_on: date | None
    zone: str
    means: str


class AgreementFacts(Addressed):
    """What `vouchers/pdf/agreement.html` prints; amounts in EUR."""

    award_number: str
    application_number: str
    amount: Decimal
    parties: list[Party]
    clauses: list[Clause]


def agreement_title(award: Award, *, language: str, is_signed: bool = False) -> str:
    """Return the title of the text, or of the text with its signatures."""
    with override(language):
        said = _("Signed agreement %(number)s") if is_signed else _("Agreement %(number)s")
        return said % {"number": award.number}


def agreement_facts(award: Award, host: Host | None, *, language: str) -> AgreementFacts:
    """Freeze the text that all three sign, from what the record says now."""
    with override(language):
        return _facts(award, award.application, host)


def signed_agreement_facts(agreement: Agreement, *, language: str) -> dict[str, Any]:
    """Return the frozen text with its number, hash and signatures; no word of it is read anew."""
    with override(language):
        return {
            **agreement.text.facts,
            "text_number": agreement.text.number,
            "text_hash": agreement.text.content_hash,
            "signatures": _signatures(agreement),
        }


def _facts(award: Award, application: Application, host: Host | None) -> AgreementFacts:
    consent = host.confirmed if host else None
    return AgreementFacts(
        **addressed(application),
        award_number=award.number,
        application_number=application.reference or "",
        amount=award.amount,
        parties=_parties(application, host),
        clauses=[
            _work(application, host, consent),
            _sum(award),
            _time(award, application),
            _aid(award, application),
            *_duties(application),
            _signing(application),
        ],
    )


def _parties(application: Application, host: Host | None) -> list[Party]:
    home = application.home_region
    part = _part(application)
    partner = part.partner if part else home.broker_organisation
    authority = part.authority if part and part.authority != partner else ""
    known = host.record.provider.organisation if host and host.record else None
    place = country_name(host.country) if host and host.country else ""
    if host and host.region:
        place = f"{host.region.name}, {country_name(host.region.country)}"
    return [
        Party(
            role=_("The firm"),
            name=application.organisation.name,
            lines=_identifiers(application.organisation),
        ),
        Party(
            role=_("The provider"),
            name=host.name if host else "",
            lines=[line for line in [*(_identifiers(known) if known else []), place] if line],
        ),
        Party(
            role=_("The partner organisation"),
            name=partner,
            lines=[line for line in (home.name, authority) if line],
        ),
    ]


def _part(application: Application) -> ProgrammeRegion | None:
    parts = ProgrammeRegion.objects.filter(programme=application.call.programme_id)
    return parts.filter(region=application.home_region_id).first()


def _identifiers(firm: Organisation) -> list[str]:
    said = (
        (_("Register number %(number)s"), firm.register_number),
        (_("VAT number %(number)s"), firm.vat_number),
    )
    place = (firm.address, firm.city, country_name(firm.country))
    address = ", ".join(dict.fromkeys(filter(None, place)))
    return [words % {"number": number} for words, number in said if number] + [address]


def _work(application: Application, host: Host | None, consent: PartnerConsent | None) -> Clause:
    text = [
        _("The provider works for the firm on “%(title)s”, as described in application %(number)s.")
        % {"title": application.title, "number": application.reference}
    ]
    if consent and consent.price is not None:
        text.append(
            _(
                "%(partner)s has confirmed the work, its price of %(price)s without VAT, and "
                "its dates."
            )
            % {"partner": host, "price": money(consent.price)}
        )
    purpose = application.voucher_type.summary
    return Clause(heading=_("Work and purpose"), text=[*text, purpose] if purpose else text)


def _sum(award: Award) -> Clause:
    application = award.application
    said = {"kind": application.voucher_type.name, "amount": money(award.amount)}
    words = (
        _("The %(kind)s voucher pays a fixed amount of %(amount)s on an accepted report.")
        if application.terms.is_lump_sum
        else _("The %(kind)s voucher pays at most %(amount)s, for costs that the firm proves.")
    )
    return Clause(
        heading=_("Amount and payment"), text=[words % said, str(PAYMENT[Payee(award.payee)])]
    )


def _time(award: Award, application: Application) -> Clause:
    terms = application.terms
    granted = (
        _("The aid is granted on %(day)s, the day of the decision.")
        % {"day": day(award.granted_on)}
        if award.granted_on
        else _("The aid is granted on the day on which the firm signs.")
    )
    ends = ngettext(
        "No work is done or ordered before that day. It ends %(months)s month after the firm has "
        "signed.",
        "No work is done or ordered before that day. It ends %(months)s months after the firm has "
        "signed.",
        terms.validity_months,
    ) % {"months": terms.validity_months}
    claim = ngettext(
        "The firm claims within %(days)s day after the end.",
        "The firm claims within %(days)s days after the end.",
        terms.claim_days,
    ) % {"days": terms.claim_days}
    return Clause(heading=_("Granting date and validity"), text=[granted, ends, claim])


def _aid(award: Award, application: Application) -> Clause:
    aid = aid_of(award, application)
    words = _("The voucher is no state aid.")
    if aid:
        words = _(
            "The voucher is %(kind)s under %(act)s. Its gross grant equivalent is %(amount)s."
        ) % {
            "kind": aid["kind"],
            "act": aid["legal_act"],
            "amount": money(aid["gross_grant_equivalent"]),
        }
    return Clause(heading=_("State aid"), text=[words])


def _duties(application: Application) -> list[Clause]:
    programme = application.call.programme
    return [
        Clause(
            heading=_("Publicity"),
            text=[
                _(
                    "Firm and provider say in public texts about the project that %(programme)s "
                    "supported it, with its emblem and the words “%(statement)s”."
                )
                % {"programme": programme.name, "statement": programme.funding_statement}
            ],
        ),
        Clause(
            heading=_("Audit and retention"),
            text=[
                _(
                    "Firm and provider keep all documents for ten years from the day on which the "
                    "aid is granted, and show them to auditors who ask."
                )
            ],
        ),
        Clause(
            heading=_("Changes"),
            text=[
                _(
                    "The firm tells its Access Broker within seven days of any change of what the "
                    "award rests on: when it is sold, merges or ceases to be an SME, and when the "
                    "work, its dates or its people change."
                )
            ],
        ),
        Clause(
            heading=_("Recovery"),
            text=[
                _(
                    "Who was paid pays the money back if what was declared is untrue or the work "
                    "is not done as agreed."
                )
            ],
        ),
        Clause(
            heading=_("Results and confidentiality"),
            text=[
                _(
                    "Intellectual property and confidentiality are settled in a separate contract "
                    "between firm and provider. The partner organisation takes no part in it."
                )
            ],
        ),
    ]


def _signing(application: Application) -> Clause:
    days = application.terms.agreement_days
    said = ngettext(
        "The partner organisation signs by its decision, the firm by accepting the award. The "
        "provider signs within %(days)s day after that, else award and agreement lapse.",
        "The partner organisation signs by its decision, the firm by accepting the award. The "
        "provider signs within %(days)s days after that, else award and agreement lapse.",
        days,
    )
    return Clause(heading=_("Signatures"), text=[said % {"days": days}])


def _signatures(agreement: Agreement) -> list[Signed]:
    award = agreement.award
    application = award.application
    zone = application.home_region.time_zone
    # The address to which the portal writes about a record is known to nobody else.
    by_link = _("In the portal, by the link in a mail to the provider")
    organisation = agreement.text.facts["parties"][-1]["name"]
    decided = application.signatures.filter(side=Side.HOME, voided_at=None)
    return [
        *(
            _decision(row, organisation, zone)
            for row in decided.select_related("signed_by", "region")
        ),
        Signed(
            party=application.organisation.name,
            name=award.signatory_name,
            role=award.signatory_role,
            signed_at=award.accepted_at,
            signed_on=None,
            zone=zone,
            means=_("In the portal, as %(email)s") % {"email": agreement.firm_email},
        ),
        Signed(
            party=agreement.partner,
            name=agreement.signatory_name,
            role=agreement.signatory_role,
            signed_at=None if agreement.paper_id else agreement.answered_at,
            signed_on=agreement.signed_on,
            zone=zone,
            means=_("On paper, filed by %(name)s") % {"name": agreement.filed_by}
            if agreement.paper_id
            else by_link,
        ),
    ]


def _decision(signature: Signature, organisation: str, zone: str) -> Signed:
    return Signed(
        party=organisation,
        name=str(signature.signed_by or ""),
        role=broker_of(signature.region),
        signed_at=signature.signed_at,
        signed_on=None,
        zone=zone,
        means=_("By the decision to award"),
    )
