"""Who takes part in historic awards: firms and the providers that they visited."""

from dataclasses import dataclass
from datetime import datetime

from catalogue.models import Record
from portal.models import Organisation
from portal.permissions import Actor
from portal.workflow import record
from vouchers.actions.award_file import Row
from vouchers.models import Undertaking, UndertakingMember


@dataclass(frozen=True, slots=True)
class Firm:
    """Who applies."""

    organisation: Organisation
    undertaking: Undertaking


class Parties:
    """Finds firms by their identifier, else by name and country, and creates the others."""

    def __init__(self, by: Actor) -> None:
        """Start with nobody known."""
        self._by = by
        self._records: dict[str, Record | None] = {}
        self._found: dict[tuple[str, ...], Firm] = {}
        self._groups: dict[str, Undertaking] = {}

    def firm(self, row: Row, now: datetime) -> Firm:
        """Return the firm of a line."""
        text = row.text
        by_name = ("name", text["sme_name"], text["sme_country"])
        key = ("id", text["sme_id"]) if text["sme_id"] else by_name
        if key not in self._found:
            self._found[key] = self._stored(row) or self._create(row, now)
        return self._found[key]

    def _stored(self, row: Row) -> Firm | None:
        text = row.text
        wanted = (
            {"sme_id": text["sme_id"]}
            if text["sme_id"]
            else {"name": text["sme_name"], "country": text["sme_country"]}
        )
        found = Organisation.objects.filter(**wanted).order_by("pk").first()
        if found is None:
            return None
        member = UndertakingMember.objects.filter(organisation=found).first()
        return Firm(found, member.undertaking if member else self._join(found, row))

    def _create(self, row: Row, now: datetime) -> Firm:
        organisation = Organisation.objects.create(
            name=row.text["sme_name"],
            country=row.text["sme_country"],
            region=row.home,
            sme_id=row.text["sme_id"],
        )
        chain = row.text["programme"]
        record(
            organisation,
            "import",
            by=self._by,
            now=now,
            chain=chain,
            country=row.text["sme_country"],
        )
        return Firm(organisation, self._join(organisation, row))

    def _join(self, organisation: Organisation, row: Row) -> Undertaking:
        """Give a firm its undertaking: one of its own, or the one that the file groups it in."""
        group = row.text.get("undertaking", "")
        undertaking = self._groups.get(group) or Undertaking.objects.create(name=organisation.name)
        if group:
            self._groups[group] = undertaking
        UndertakingMember.objects.create(undertaking=undertaking, organisation=organisation)
        return undertaking

    def record_of(self, provider: str) -> Record | None:
        """Return the provider's record where it has exactly one in the catalogue."""
        if provider not in self._records:
            found = Record.objects.filter(provider__organisation__name=provider)[:2]
            self._records[provider] = found[0] if len(found) == 1 else None
        return self._records[provider]
