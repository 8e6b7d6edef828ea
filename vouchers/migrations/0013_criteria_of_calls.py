"""Published calls keep the criteria that they have announced."""

from django.db import migrations


def fill(apps, _schema):
    """Read the voucher type: until now its criteria counted for every call."""
    offers = apps.get_model("vouchers", "CallVoucherType").objects.exclude(terms={})
    for row in offers.select_related("voucher_type"):
        criteria = row.voucher_type.criteria.order_by("order", "pk")
        row.terms = {**row.terms, "criteria": list(criteria.values("code", "name", "weight"))}
        row.save(update_fields=["terms"])


class Migration(migrations.Migration):
    dependencies = [("vouchers", "0012_text_blocks")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
