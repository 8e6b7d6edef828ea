"""The sentences of the law: one for each reason and each line of arithmetic."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.templatetags.portal_ui import day, instant, money
from vouchers.rules.verdict import Line, LineCode, Param, Params, Reason, ReasonCode

PLAIN_NUMBERS = frozenset({"headcount", "headcount_limit", "percent", "percent_limit"})
POUNDS = frozenset({"pounds", "pounds_limit", "pounds_left", "pounds_used"})

REASONS: Mapping[ReasonCode, Promise] = {
    ReasonCode.HEADCOUNT_TOO_HIGH: _(
        "An SME has fewer than %(headcount_limit)s staff, and this firm has %(headcount)s "
        "with its partner and linked enterprises"
    ),
    ReasonCode.MONEY_TOO_HIGH: _(
        "An SME keeps its turnover to %(turnover_limit)s or its balance sheet to "
        "%(balance_sheet_limit)s, and this firm has %(turnover)s and %(balance_sheet)s"
    ),
    ReasonCode.NO_SIZE_RULE: _(
        "No SME definition is in force on %(day)s, so check the date or ask the programme manager"
    ),
    ReasonCode.NO_FIGURES: _("Enter the figures of at least one year, or an estimate"),
    ReasonCode.PUBLIC_CONTROL: _(
        "Public bodies hold %(percent)s%% of this firm: from %(percent_limit)s%% it is no SME"
    ),
    ReasonCode.CLASS_KEPT: _(
        "The limits were passed in one year only, so the class of the year before still holds"
    ),
    ReasonCode.CLASS_BY_ESTIMATE: _(
        "The class rests on an estimate in good faith: there are no approved accounts yet"
    ),
    ReasonCode.INVESTOR_EXEMPT: _(
        "%(name)s is an investor that does not count, as long as it holds no more than half"
    ),
    ReasonCode.FIGURES_MISSING: _(
        "Enter the figures of %(name)s, or an estimate: they count for the size of this firm"
    ),
    ReasonCode.OUTSIDE_PROGRAMME: _(
        "The SME must sit in a region of this programme, and %(region)s is not one of them"
    ),
    ReasonCode.PARTNER_OUTSIDE_PROGRAMME: _(
        "The partner must sit in a region of this programme, and %(region)s is not one of them"
    ),
    ReasonCode.SAME_REGION: _(
        "Choose a partner in another region: the SME and this partner are both in %(region)s"
    ),
    ReasonCode.SAME_COUNTRY: _(
        "Choose a partner in another country: %(home)s and %(host)s are in the same country"
    ),
    ReasonCode.AMOUNT_NOT_POSITIVE: _("Enter an amount above zero, up to %(cap)s"),
    ReasonCode.AMOUNT_NOT_WHOLE_CENTS: _("Enter the amount with no more than two decimal places"),
    ReasonCode.AMOUNT_ABOVE_CAP: _(
        "Enter an amount up to %(cap)s: this voucher cannot pay %(requested)s"
    ),
    ReasonCode.AMOUNT_NOT_LUMP_SUM: _(
        "This voucher is worth exactly %(lump_sum)s and cannot be issued for %(requested)s"
    ),
    ReasonCode.PRICE_BELOW_LUMP_SUM: _(
        "The partner's price of %(price)s is below the lump sum of %(lump_sum)s, so the home "
        "region gives a reason before it signs"
    ),
    ReasonCode.CALL_LIMIT_REACHED: _(
        "The limit for this voucher type is %(limit)s per firm and call; in use: %(held)s"
    ),
    ReasonCode.OPEN_AWARD_EXISTS: _(
        "Finish the open voucher of this type first: a firm may have %(limit)s open at a time"
    ),
    ReasonCode.AID_CEILING_CROSSED: _(
        "%(amount)s would cross the de minimis ceiling of %(limit)s: %(left)s left, and the portal "
        "knows no day on which it grows"
    ),
    ReasonCode.AID_CEILING_CROSSED_FOR_NOW: _(
        "%(amount)s would cross the de minimis ceiling of %(limit)s: %(left)s left until %(until)s"
    ),
    ReasonCode.EXPORT_TIED: _(
        "De minimis aid cannot pay for export activities such as setting up a sales network, so "
        "choose another purpose"
    ),
    ReasonCode.NO_AID_RULE: _(
        "No de minimis regulation is in force on %(day)s, so ask the programme manager"
    ),
    ReasonCode.SECTOR_EXCLUDED: _(
        "De minimis aid cannot go to primary agriculture, fishery or aquaculture (NACE %(nace)s)"
    ),
    ReasonCode.SECTOR_COAL: _("De minimis aid could not go to coal mining (NACE %(nace)s)"),
    ReasonCode.SECTOR_CARRIER: _(
        "NACE %(nace)s carries freight by road: the broker checks that the voucher buys no lorry"
    ),
    ReasonCode.SECTOR_DEPENDS: _(
        "NACE %(nace)s may touch farm or fishery products: the broker checks that the voucher does "
        "not pass to primary producers"
    ),
    ReasonCode.SECTOR_SEPARATED: _(
        "NACE %(nace)s is excluded; the voucher may pay another activity if its accounts are apart"
    ),
    ReasonCode.DOMESTIC_GOODS: _(
        "Aid cannot depend on the use of domestic goods or services, so choose another condition"
    ),
    ReasonCode.INSOLVENT: _(
        "A firm that is insolvent or in such proceedings cannot have a voucher"
    ),
    ReasonCode.ALREADY_STARTED: _(
        "The work must not have begun or been ordered before the voucher is accepted"
    ),
    ReasonCode.FUNDED_ELSEWHERE: _(
        "The same cost cannot be paid twice: it has public money from elsewhere already"
    ),
    ReasonCode.PROJECT_CEILING_CROSSED: _(
        "%(amount)s would cross the %(limit)s that one undertaking may receive in this programme "
        "under Article 20a: %(left)s left"
    ),
    ReasonCode.NO_PROJECT_RULE: _(
        "Article 20a is not in force on %(day)s, so ask the programme manager"
    ),
    ReasonCode.MFA_CEILING_CROSSED: _(
        "£%(pounds)s would cross the £%(pounds_limit)s of Minimal Financial Assistance: "
        "£%(pounds_left)s left, counted since %(since)s"
    ),
    ReasonCode.NO_MFA_RULE: _(
        "Minimal Financial Assistance is not in force on %(day)s, so ask the programme manager"
    ),
    ReasonCode.LIFETIME_LIMIT_REACHED: _(
        "A firm may have %(limit)s vouchers of this type in a programme; it has had %(held)s"
    ),
    ReasonCode.SAME_PARTNER_AND_TOPIC: _(
        "This firm has had a voucher with this partner on this topic, so choose another of the two"
    ),
    ReasonCode.CALL_NOT_YET_OPEN: _("This call opens on %(opens_at)s"),
    ReasonCode.CALL_CLOSED: _("This call closed on %(closed_at)s"),
    ReasonCode.GRACE_FOR_DRAFTS_ONLY: _(
        "This call closed on %(closed_at)s, and only drafts begun before then may still be sent"
    ),
    ReasonCode.WITHIN_GRACE: _(
        "This call closed on %(closed_at)s, and the application arrived within the grace period"
    ),
    ReasonCode.APPEAL_TOO_LATE: _(
        "The time to appeal ended on %(appeal_by)s, so the decision stands"
    ),
    ReasonCode.ANSWER_TOO_LATE: _(
        "The time to answer ended on %(answer_by)s, so the application stands as first submitted"
    ),
    ReasonCode.OFFER_ENDED: _(
        "The time to accept ended on %(answer_by)s, so ask your Access Broker what you can do"
    ),
    ReasonCode.CLAIM_TOO_LATE: _(
        "The time to claim ended on %(claim_by)s, so ask your Access Broker what you can do"
    ),
    ReasonCode.RECEIPT_IN_FUTURE: _("Enter the date of the receipt: it must not be in the future"),
    ReasonCode.RECEIPT_OUTSIDE_PERIOD: _(
        "Enter a receipt dated from %(starts_on)s to %(ends_on)s: the voucher pays no other cost"
    ),
    ReasonCode.RECEIPT_TWICE: _(
        "Receipt %(number)s of %(supplier)s is in this claim already, so enter another one"
    ),
    ReasonCode.SIGNATURE_NOT_REQUIRED: _("This voucher type needs no signature of this region"),
    ReasonCode.SIDE_HAS_SIGNED: _("This region has signed already"),
    ReasonCode.NOT_FIRST_ON_RESERVE: _(
        "The reserve list goes by rank, and %(first)s stands before this application"
    ),
    ReasonCode.SAME_PERSON: _(
        "You have signed for the other region, so a colleague signs for this one"
    ),
    ReasonCode.SAME_ORGANISATION: _(
        "Your organisation has signed for the other region, so another organisation signs here"
    ),
    ReasonCode.RECUSED: _(
        "A conflict of interest keeps you from this application, so a colleague signs"
    ),
    ReasonCode.ASSESSED_IT: _("You are an assessor of this application, so a colleague signs"),
}

LINES: Mapping[LineCode, Promise] = {
    LineCode.SIZE_MICRO: _(
        "Micro enterprise in %(year)s: %(headcount)s staff, turnover %(turnover)s, balance sheet "
        "%(balance_sheet)s"
    ),
    LineCode.SIZE_SMALL: _(
        "Small enterprise in %(year)s: %(headcount)s staff, turnover %(turnover)s, balance sheet "
        "%(balance_sheet)s"
    ),
    LineCode.SIZE_MEDIUM: _(
        "Medium-sized enterprise in %(year)s: %(headcount)s staff, turnover %(turnover)s, balance "
        "sheet %(balance_sheet)s"
    ),
    LineCode.SIZE_NOT_SME: _(
        "Not an SME in %(year)s: %(headcount)s staff, turnover %(turnover)s, balance sheet "
        "%(balance_sheet)s"
    ),
    LineCode.SIZE_CONTRIBUTION: _(
        "%(name)s counts with %(percent)s%%: %(headcount)s staff, turnover %(turnover)s, balance "
        "sheet %(balance_sheet)s"
    ),
    LineCode.SIZE_OF_YEAR: _(
        "%(year)s, together: %(headcount)s staff, turnover %(turnover)s, balance sheet "
        "%(balance_sheet)s"
    ),
    LineCode.ROUTE: _("From %(home)s to %(host)s"),
    LineCode.AMOUNT: _("%(requested)s asked of %(limit)s"),
    LineCode.HELD_IN_CALL: _("%(held)s of %(limit)s vouchers of this type in use in this call"),
    LineCode.AID_COUNTED: _("%(amount)s granted by %(authority)s on %(day)s"),
    LineCode.AID_OFFERED: _("%(amount)s offered by %(authority)s and not yet answered"),
    LineCode.AID_USED: _(
        "%(used)s of %(limit)s used since %(since)s in %(member_state)s under Regulation "
        "%(regulation)s, %(left)s left"
    ),
    LineCode.AID_LEFT_AFTER: _("%(left)s left after these %(amount)s"),
    LineCode.PROJECT_AID_USED: _(
        "%(used)s of %(limit)s used in this programme under Article 20a, %(left)s left"
    ),
    LineCode.MFA_USED: _(
        "£%(pounds_used)s of £%(pounds_limit)s of Minimal Financial Assistance used since "
        "%(since)s, £%(pounds_left)s left"
    ),
    LineCode.HELD_IN_LIFETIME: _("%(held)s of %(limit)s vouchers of this type in this programme"),
    LineCode.WINDOW: _("Open from %(opens_at)s to %(closes_at)s"),
}


def sentence(reason: Reason) -> str:
    """The whole sentence for a reason in the active language, without a final full stop."""
    return str(REASONS[reason.code]) % _shown(reason.params)


def arithmetic(line: Line) -> str:
    """The line of arithmetic in the active language."""
    return str(LINES[line.code]) % _shown(line.params)


def _shown(params: Params) -> dict[str, str]:
    return {name: _value(name, value) for name, value in params.items()}


def _value(name: str, value: Param) -> str:
    if isinstance(value, datetime):
        return instant(value, _zone(value))
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Decimal) and name in POUNDS:
        return number_format(value, 2, use_l10n=True, force_grouping=True)
    if isinstance(value, Decimal):
        return _number(value) if name in PLAIN_NUMBERS else money(value)
    return str(value)


def _number(value: Decimal) -> str:
    return number_format(f"{value.normalize():f}", use_l10n=True)


def _zone(value: datetime) -> str:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else "UTC"
