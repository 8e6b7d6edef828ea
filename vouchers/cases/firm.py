"""The firm behind an application: its figures and its single undertaking."""

from portal.models import Organisation
from vouchers.models import Application, Undertaking, UndertakingMember
from vouchers.rules.sme import Figures


def figures_of(application: Application) -> Figures | None:
    """Return the figures that the application rests on: its year's, else the newest."""
    year = application.figures_year
    rows = application.organisation.figures.all()
    row = next((row for row in rows if year in {None, row.year}), None)
    if row is None:
        return None
    return Figures(
        year=row.year,
        headcount=row.headcount,
        turnover=row.turnover,
        balance_sheet=row.balance_sheet,
    )


def undertaking_of(organisation: Organisation) -> Undertaking | None:
    """Return the single undertaking of the organisation, if one is known."""
    member = UndertakingMember.objects.filter(organisation=organisation).first()
    return member.undertaking if member else None
