"""Addresses of the catalogue."""

from django.urls import path

from catalogue.views import provider_page, public

urlpatterns = [
    path("", public.catalogue_search, name="catalogue_search"),
    path("providers/<slug:slug>/", provider_page.catalogue_provider, name="catalogue_provider"),
    path("<slug:slug>/", public.catalogue_record, name="catalogue_record"),
]
