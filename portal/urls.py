"""The only file that includes every app's urls."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from brokers.views.need import need
from catalogue.urls import provider_urls
from catalogue.views import open_data
from portal.site import dashboard, health, own_data, pages, sitemaps, verify
from portal.site.statistics import views as statistics

# Staff sign in where everybody does, so that the second factor is asked there too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("", pages.home, name="home"),
    path("about/", pages.about, name="about"),
    path("emblems/<str:code>/", pages.emblem, name="emblem"),
    path("privacy/", pages.privacy, name="privacy"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap_index"),
    path("sitemap-<slug:section>.xml", sitemaps.section, name="sitemap"),
    path("open-data/catalogue.csv", open_data.catalogue_csv, name="catalogue_csv"),
    path("verify/", verify.verify, name="verify"),
    path("verify/<str:number>/", verify.verify, name="verify_number"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/applications.csv", statistics.applications, name="statistics_applications"),
    *(
        path(f"statistics/export.{kind}", statistics.export, {"kind": kind}, f"statistics_{kind}")
        for kind in statistics.FILES
    ),
    path("display/theme/", pages.set_theme, name="set_theme"),
    path("display/language/", login_not_required(set_language), name="set_language"),
    path("accounts/data/", own_data.overview, name="own_data"),
    path("accounts/data/download/", own_data.download, name="own_data_download"),
    path("accounts/data/erase/", own_data.erase, name="own_data_erase"),
    path("accounts/", include("portal.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("catalogue/", include("catalogue.urls")),
    path("provider/", include(provider_urls)),
    path("brokers/", include("brokers.urls")),
    path("need/", need, name="need"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("", include("vouchers.urls")),
    path("admin/", admin.site.urls),
]
