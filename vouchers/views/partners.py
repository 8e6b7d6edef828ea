"""How a partner's consent stands, as the SME reads it: on the task list, the panel, the pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext, pgettext

from portal.templatetags.portal_ui import day, instant, money
from vouchers.enums import ConsentState
from vouchers.models import Application, Host, PartnerConsent

type Status = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Partner:
    """A host with what its contact was asked and said; `button` asks it, if it may be asked now."""

    host: Host
    label: str
    tone: str
    symbol: str
    words: str
    button: str

    @property
    def contact(self) -> str:
        """Whom the portal asks: of a record only what everybody sees."""
        host = self.host
        if host.record is None:
            return ", ".join(filter(None, [host.contact_name, host.contact_email]))
        return host.record.public_contact or gettext("the provider's contact")


def partners_of(application: Application, hosts: Sequence[Host]) -> list[Partner]:
    """Return each host with its consent; nothing to say where the voucher needs none."""
    if not application.terms.needs_consent:
        return [Partner(host, "", "", "", _refusal(host), "") for host in hosts]
    return [_partner(application, host) for host in hosts]


def _partner(application: Application, host: Host) -> Partner:
    consent = host.consent
    label, tone, symbol = status_of(host)
    words = _refusal(host) or (_words(application, consent) if consent else "")
    return Partner(host, label, tone, symbol, words, _button(host, consent))


def _button(host: Host, consent: PartnerConsent | None) -> str:
    if host.is_refused:
        return ""
    if consent is None:
        return gettext("Ask for consent")
    is_over = consent.is_waiting and consent.expires_at <= timezone.now()
    if consent.state == ConsentState.DECLINED or is_over:
        return gettext("Ask again")
    return ""


def _refusal(host: Host) -> str:
    if not host.is_refused:
        return ""
    return gettext(
        "The Access Broker of %(region)s does not accept this partner: %(reason)s Choose another."
    ) % {"region": host.region, "reason": host.refusal}


def status_of(host: Host) -> Status:
    """Return label, tone and symbol of a host's consent."""
    consent = host.consent
    if host.is_refused:
        return pgettext("partner", "Refused"), "bad", "exclamation-triangle-fill"
    if consent is None:
        return gettext("Not asked yet"), "info", ""
    if consent.is_given:
        return pgettext("partner", "Confirmed"), "ok", "check-lg"
    if consent.state == ConsentState.DECLINED:
        return gettext("Your partner has declined"), "bad", "exclamation-triangle-fill"
    if consent.expires_at <= timezone.now():
        return gettext("No answer, ask again"), "warn", ""
    return gettext("Waiting for your partner"), "warn", "hourglass-split"


def consent_status(hosts: Sequence[Host]) -> Status:
    """Return the status of the whole task: the one that is furthest from done."""
    order = {"bad": 0, "info": 1, "warn": 2, "ok": 3}
    found = sorted((status_of(host) for host in hosts), key=lambda status: order[status[1]])
    return found[0] if found else (gettext("Not asked yet"), "info", "")


def is_waiting_for_all(hosts: Sequence[Host]) -> bool:
    """Whether nothing is left to do but to wait for partners."""
    states = [host.consent.state if host.consent else "" for host in hosts]
    return bool(states) and set(states) <= {ConsentState.ASKED, ConsentState.GIVEN}


def _words(application: Application, consent: PartnerConsent) -> str:
    zone = application.home_region.time_zone
    if consent.is_given:
        return confirmed_words(consent)
    if consent.state == ConsentState.DECLINED:
        return gettext("%(partner)s declined: %(reason)s") % {
            "partner": consent.partner,
            "reason": consent.reason,
        }
    return gettext("Asked %(when)s") % {"when": instant(consent.asked_at, zone)}


def confirmed_words(consent: PartnerConsent) -> str:
    """Say price and dates in one line; EUR without VAT."""
    return gettext("%(partner)s confirmed %(price)s, %(first)s to %(last)s") % {
        "partner": consent.partner,
        "price": money(consent.price),
        "first": day(consent.starts_on),
        "last": day(consent.ends_on),
    }


def confirmed_lines(hosts: Sequence[Host]) -> list[str]:
    """Return a line for each partner that has confirmed."""
    return [confirmed_words(host.confirmed) for host in hosts if host.confirmed]
