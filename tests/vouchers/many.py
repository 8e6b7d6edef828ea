"""Many applications like one, each of a firm of its own: rows alone, as the desk reads them."""

from datetime import timedelta

from vouchers.actions.undertakings import undertaking_for
from vouchers.models import Application


def alike(application: Application, number: int) -> list[Application]:
    """Repeat an application with its firm, figures, partner and consent, each a minute later."""
    first = Application.objects.get(pk=application.pk)
    figures, host = first.organisation.figures.get(), first.hosts.get()
    consent = host.consents.first()
    begun, made = Application.objects.count(), []
    for place in range(begun, begun + number):
        firm = type(first.organisation).objects.get(pk=first.organisation_id)
        firm.pk, firm.name, firm.register_number = None, f"Firm {place}", f"KvK {place:08}"
        firm.save(force_insert=True)
        figures.pk, figures.organisation = None, firm
        figures.save(force_insert=True)
        row = Application.objects.get(pk=first.pk)
        row.pk, row.key, row.reference = None, f"alike{place}", f"LSV-1-8{place:03}"
        row.organisation, row.undertaking = firm, undertaking_for(firm)
        row.complete_at += timedelta(minutes=place)
        row.save(force_insert=True)
        host.pk, host.application = None, row
        host.save(force_insert=True)
        if consent is not None:
            consent.pk, consent.host, consent.application = None, host, row
            consent.save(force_insert=True)
        made.append(row)
    return made
