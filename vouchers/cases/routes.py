"""The way from the firm to each of its partners."""

from portal.models import ProgrammeRegion
from vouchers.cases.places import place_of
from vouchers.enums import CrossingRule
from vouchers.models import Application
from vouchers.rules import eligibility


def routes_of(application: Application) -> list[eligibility.Route]:
    """Return the route to each host under the voucher type's crossing rule."""
    named = ProgrammeRegion.objects.filter(programme=application.call.programme_id)
    regions = set(named.values_list("region__code", flat=True))
    return [
        eligibility.Route(
            rule=CrossingRule(application.voucher_type.crossing_rule),
            home=place_of(application.home_region),
            host=place_of(host.region, host.name, host.country),
            regions=regions,
        )
        for host in application.hosts.all()
    ]
