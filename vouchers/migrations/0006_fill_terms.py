"""Applications and awards keep what their call had promised when they were made."""

from django.db import migrations
from django.db.models import OuterRef, Subquery

NAMES = (
    "amount_kind",
    "amount",
    "funding_rate",
    "validity_months",
    "claim_days",
    "crossing_rule",
    "needs_consent",
    "needs_host_signature",
    "selection",
    "assessors",
    "threshold",
    "max_per_call",
    "max_per_programme",
    "max_hosts",
    "aid_basis",
    "payee",
)


def fill(apps, _schema):
    """Read the voucher type, which could not change once a call had announced it."""
    application = apps.get_model("vouchers", "Application")
    award = apps.get_model("vouchers", "Award")
    offer = apps.get_model("vouchers", "CallVoucherType")
    kinds = apps.get_model("vouchers", "VoucherType").objects
    of_application = kinds.filter(pk=OuterRef("voucher_type")).values("needs_host_signature")
    application.objects.update(needs_host_signature=Subquery(of_application))
    of_award = kinds.filter(applications__award=OuterRef("pk")).values("aid_basis")
    award.objects.update(aid_basis=Subquery(of_award))
    for row in offer.objects.exclude(terms={}).select_related("voucher_type"):
        now = {name: getattr(row.voucher_type, name) for name in NAMES}
        plain = {n: v if v is None or isinstance(v, int) else str(v) for n, v in now.items()}
        stated = {**plain, **row.terms}
        row.terms = {**stated, "regions": {}}
        row.save(update_fields=["terms"])


class Migration(migrations.Migration):
    dependencies = [("vouchers", "0005_terms_and_extensions")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
