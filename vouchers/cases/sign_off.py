"""Until when the host region answers, once home has signed."""

from datetime import date
from typing import NamedTuple

from portal.working_days import working_days_after
from vouchers.cases.places import local_day
from vouchers.enums import SIGNABLE, Side
from vouchers.models import Application, Signature

FIRST_REMINDER = 3


class HostDays(NamedTuple):
    """The days of the first reminder and of the answer, in the host region's calendar."""

    reminder: date
    answer: date


def host_days(application: Application, home: Signature) -> HostDays:
    """Return until when the host answers home's signature, in its own working days."""
    host = application.host_region
    assert host is not None  # noqa: S101  only a host that is named is asked
    asked = local_day(home.signed_at, host)
    place = {"country": host.country, "nuts": host.nuts}
    limit = application.call.programme.host_answer_days
    return HostDays(
        working_days_after(asked, min(FIRST_REMINDER, limit), **place),
        working_days_after(asked, limit, **place),
    )


def waiting_for_host() -> list[Signature]:
    """Return home's signatures that wait for the host's, with what letters need."""
    standing = Signature.objects.filter(voided_at=None)
    rows = standing.filter(
        side=Side.HOME,
        application__state__in=SIGNABLE,
        application__needs_host_signature=True,
        application__host_region__isnull=False,
    ).exclude(application__in=standing.filter(side=Side.HOST).values("application"))
    return list(
        rows.select_related(
            "application__call__programme",
            "application__host_region",
            "application__home_region",
            "application__organisation",
            "application__voucher_type",
        ).order_by("pk")
    )
