"""Addresses of the catalogue, and of those who keep its records."""

from django.urls import path

from catalogue.views import experts, joining, provider_page, public, upkeep

urlpatterns = [
    path("", public.catalogue_search, name="catalogue_search"),
    path("providers/<slug:slug>/", provider_page.catalogue_provider, name="catalogue_provider"),
    path("<slug:slug>/", public.catalogue_record, name="catalogue_record"),
]

provider_urls = [
    path("join/", joining.join, name="provider_join"),
    path("join/<str:token>/", joining.asked, name="provider_asked"),
    path("invitation/<str:token>/", joining.invitation, name="provider_invitation"),
    path("confirm/<str:token>/", upkeep.confirmation, name="record_confirmation"),
    path("consent/<str:token>/", experts.consent, name="expert_consent"),
    path("withdrawal/<str:token>/", experts.withdrawal, name="expert_withdrawal"),
    path("records/<slug:slug>/person/", experts.person, name="provider_person"),
    path(
        "records/<slug:slug>/person/leaves/", experts.person_leaves, name="provider_person_leaves"
    ),
]
