"""What search engines may read, and where it is."""

from datetime import date, datetime
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import Sitemap, views
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from catalogue.models import Provider, Record
from portal import clock
from portal.models import Region
from vouchers.models import Call, CallVoucherType

PRIVATE = (
    "/accounts/",
    "/admin/",
    "/applications/",
    "/dashboard/",
    "/display/",
    "/provider/",
    "/statistics/",
)
# How many addresses a section has on a page.
AT_ONCE = 5000
PAGES = (
    "home",
    "calls",
    "catalogue_search",
    "need",
    "broker_list",
    "about",
    "privacy",
    "self_check",
    "accessibility",
)


class Pages(Sitemap[str]):
    """Pages that are always there."""

    def items(self) -> list[str]:
        """Return their names."""
        return list(PAGES)

    def location(self, item: str) -> str:
        """Return the address of a name."""
        return reverse(item)


class Calls(Sitemap[tuple[str, ...]]):
    """Calls, and the rules of each voucher."""

    def items(self) -> list[tuple[str, ...]]:
        """Return calls by their slug, vouchers by the call's and their own."""
        public = Call.objects.public().order_by("pk")
        offers = CallVoucherType.objects.filter(call__in=public).order_by("pk")
        return [
            *((slug,) for slug in public.values_list("slug", flat=True)),
            *offers.values_list("call__slug", "voucher_type__code"),
        ]

    def location(self, item: tuple[str, ...]) -> str:
        """Return the address of a call or voucher."""
        return reverse("call" if len(item) == 1 else "voucher_rules", args=item)


class Brokers(Sitemap[str]):
    """The access broker of each region."""

    def items(self) -> list[str]:
        """Return the regions' slugs."""
        return list(Region.objects.order_by("pk").values_list("slug", flat=True))

    def location(self, item: str) -> str:
        """Return the address of a region's broker."""
        return reverse("broker_page", args=[item])


class Providers(Sitemap[str]):
    """Providers who have something to show."""

    limit = AT_ONCE

    def items(self) -> Any:
        """Return their slugs, page by page as they are asked for."""
        shown = Record.objects.public(clock.now()).filter(provider=OuterRef("pk"))
        return Provider.objects.filter(Exists(shown)).order_by("pk").values_list("slug", flat=True)

    def location(self, item: str) -> str:
        """Return the address of a provider."""
        return reverse("catalogue_provider", args=[item])


class Catalogue(Sitemap[tuple[str, date]]):
    """Public records with the day on which somebody confirmed them."""

    limit = AT_ONCE

    @cached_property
    def public(self) -> QuerySet[Record]:
        """The records that everybody sees now."""
        return Record.objects.public(clock.now())

    def items(self) -> Any:
        """Return slug and day, page by page as they are asked for."""
        return self.public.order_by("pk").values_list("slug", "confirmed_on")

    def location(self, item: tuple[str, date]) -> str:
        """Return the address of a record."""
        return reverse("catalogue_record", args=[item[0]])

    def lastmod(self, item: tuple[str, date]) -> date:
        """Return the day of confirmation."""
        return item[1]

    def get_latest_lastmod(self) -> datetime | None:
        """Return the latest day; the library would read every record for it."""
        return cast("datetime | None", self.public.aggregate(day=Max("confirmed_on"))["day"])


SECTIONS: dict[str, type[Sitemap[Any]] | Sitemap[Any]] = {
    "pages": Pages,
    "calls": Calls,
    "brokers": Brokers,
    "providers": Providers,
    "catalogue": Catalogue,
}


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Name the pages of each section."""
    return views.index(request, SECTIONS, sitemap_url_name="sitemap")


@login_not_required
@require_safe
def section(request: HttpRequest, section: str) -> HttpResponse:
    """List the addresses of one section."""
    return views.sitemap(request, SECTIONS, section=section)


@login_not_required
@require_safe
@cache_control(public=True, max_age=24 * 3600)
def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines what is not for them, and where the rest is listed."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), ""]
    lines += [f"Sitemap: {settings.SITE_URL}{reverse('sitemap_index')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
