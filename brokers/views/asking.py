"""What the pages share on which something is put to a broker."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from brokers.models import Enquiry
from portal.models import Region


def to_receipt(enquiry: Enquiry) -> HttpResponse:
    """Lead on to the page that says when the answer comes."""
    return redirect(enquiry.page)


def too_many(region: Region) -> str:
    """Say that the network has asked too often, and how to ask all the same."""
    return gettext(
        "Many questions came from your network in the last hour. Ask later, or write to %(email)s"
    ) % {"email": region.team_email}
