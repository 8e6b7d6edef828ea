"""Addresses of the catalogue."""

from django.urls import path

from catalogue.views import public

urlpatterns = [
    path("", public.catalogue_search, name="catalogue_search"),
    path("<slug:slug>/", public.catalogue_record, name="catalogue_record"),
]
