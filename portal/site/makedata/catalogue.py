"""Invented providers and facilities for the catalogue."""

from itertools import batched
from random import Random

from catalogue import actions
from catalogue.enums import (
    AccessMode,
    AccessType,
    Certificate,
    PriceKind,
    ProviderKind,
    RecordKind,
    RecordState,
)
from catalogue.models import AccessRules, Competence, Provider, Record
from portal.enums import VoucherKind
from portal.models import Organisation
from portal.models.journal import PORTAL_CHAIN
from portal.site.makedata import words
from portal.site.makedata.plans import DAY
from portal.site.makedata.stage import BY, Stage
from portal.workflow import action, record

RECORDS_EACH = 20
AT_ONCE = 100
RULES = "Answer within ten days.\nTell your price before the work begins."


def make(stage: Stage, wanted: int, rng: Random) -> None:
    """Write so many published records, twenty to a provider."""
    rules, terms = _rules(stage), _competences(stage)
    begun = Provider.objects.count()
    numbers = range(begun + 1, begun + 1 + -(-wanted // RECORDS_EACH))
    for some in batched(numbers, AT_ONCE):
        left = wanted - (some[0] - numbers[0]) * RECORDS_EACH
        _write(stage, _providers(stage, some, rules, rng), left, terms, rng)


@action
def _rules(stage: Stage) -> AccessRules:
    known = AccessRules.objects.current(stage.now).filter(programme=stage.programme).first()
    return known or actions.publish_access_rules(
        stage.programme, text=RULES, by=BY, now=stage.call.opens_at
    )


@action
def _competences(stage: Stage) -> list[Competence]:
    known = list(Competence.objects.order_by("pk"))
    return known or [
        actions.add_competence(
            slug=word.replace(" ", "-"),
            name=word.capitalize(),
            names={},
            group="Synthetic",
            by=BY,
            now=stage.call.opens_at,
        )
        for word in words.NEEDS
    ]


def _providers(
    stage: Stage, numbers: tuple[int, ...], rules: AccessRules, rng: Random
) -> list[Provider]:
    """Return providers that are still to be stored."""
    regions = [rng.choice(stage.regions) for _number in numbers]
    return [
        Provider(
            organisation=Organisation(
                name=f"Institute {number}", country=region.country, region=region
            ),
            slug=f"institute-{number}",
            kind=ProviderKind.PUBLIC,
            region=region,
            accepted_rules=rules,
            accepted_at=stage.call.opens_at,
        )
        for number, region in zip(numbers, regions, strict=True)
    ]


@action
def _write(
    stage: Stage, providers: list[Provider], left: int, terms: list[Competence], rng: Random
) -> None:
    Organisation.objects.bulk_create(provider.organisation for provider in providers)
    Provider.objects.bulk_create(providers)
    owners = [provider for provider in providers for _place in range(RECORDS_EACH)][:left]
    chosen = [rng.sample(terms, 2) for _owner in owners]
    rows = Record.objects.bulk_create(
        _record(stage, provider, place, named, rng)
        for place, (provider, named) in enumerate(zip(owners, chosen, strict=True))
    )
    links = Record.competences.through
    links._base_manager.bulk_create(
        links(record=row, competence=term)
        for row, named in zip(rows, chosen, strict=True)
        for term in named
    )
    for row in rows:
        by, now, after = BY, stage.call.opens_at, RecordState.PUBLISHED
        record(row, "publish", by=by, now=now, chain=PORTAL_CHAIN, after=after)


def _record(
    stage: Stage, provider: Provider, place: int, named: list[Competence], rng: Random
) -> Record:
    return Record(
        kind=rng.choice(RecordKind.values),
        slug=f"{provider.slug}-{place}",
        title=words.title(rng),
        provider=provider,
        region=provider.region,
        state=RecordState.PUBLISHED,
        summary=words.text(rng, 20),
        description=words.text(rng, 80),
        keywords=" ".join(term.name for term in named),
        terms=sorted(term.slug for term in named),
        techniques=[f"{rng.choice(words.SUBJECTS)} {rng.choice(words.NEEDS)}"],
        access_types=rng.sample(AccessType.values, 2),
        access_modes=[rng.choice(AccessMode.values)],
        voucher_kinds=rng.sample(VoucherKind.values, 2),
        certificates=rng.sample(Certificate.values, rng.randint(0, 1)),
        languages=["en"],
        lead_time_days=rng.randint(3, 60),
        price_kind=rng.choice(PriceKind.values),
        contact_email=f"lab@{provider.slug}.example",
        confirmed_on=(stage.now - DAY * rng.randint(1, 200)).date(),
    )
