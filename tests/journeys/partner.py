"""A partner answers an application's question for consent, from its mail."""

import re
from datetime import timedelta

from django.utils import timezone


def confirm_as_partner(partner, post, *, address: str, reads: str, price: str) -> None:
    """Open the link of the last mail to the address without an account, read, and confirm."""
    letter = post.collect().last(address)
    plain = letter.get_body(("plain",)).get_content()
    found = re.search(r"https?://[^/\s]+(/provider/consent/\S+)", plain)
    page = partner.open(found[1])
    partner.check_access()
    assert reads in page.locator("body").inner_text()
    page.fill("[name=work]", "We measure the half-life in plasma of ten donors.")
    page.fill("[name=price]", price)
    later = timezone.now().date() + timedelta(days=60)
    page.fill("[name=starts_on]", f"{later:%d %B %Y}")
    page.fill("[name=ends_on]", f"{later + timedelta(days=90):%d %B %Y}")
    page.locator("[name=has_conflict]").last.check()
    page.fill("[name=signatory_name]", "M. Muster")
    page.fill("[name=signatory_role]", "Head of laboratory")
    page.check("[name=may_confirm]")
    partner.press("Confirm")
    partner.check_access()
    assert f"€{price}" in partner.text()
    assert "sessionid" not in {cookie["name"] for cookie in partner.context.cookies()}
