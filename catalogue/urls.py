"""Addresses of the catalogue, and of those who keep its records."""

from django.urls import path

from catalogue.views import (
    experts,
    joining,
    photos,
    provider,
    provider_page,
    public,
    records,
    upkeep,
)

urlpatterns = [
    path("", public.catalogue_search, name="catalogue_search"),
    path("photos/<int:pk>/", photos.photo, name="catalogue_photo"),
    path("providers/<slug:slug>/", provider_page.catalogue_provider, name="catalogue_provider"),
    path("<slug:slug>/", public.catalogue_record, name="catalogue_record"),
]
RECORD = "records/<slug:slug>"
provider_urls = [
    path("", provider.home, name="provider_home"),
    path("<int:pk>/", provider.provider, name="provider"),
    path("<int:pk>/edit/", provider.edit, name="provider_edit"),
    path("<int:pk>/rules/", provider.rules, name="provider_rules"),
    path(
        "<int:pk>/rules/<int:version>/accept/", provider.rules_accept, name="provider_rules_accept"
    ),
    path("<int:pk>/records/new/", provider.record_new, name="provider_record_new"),
    path(f"{RECORD}/", records.record, name="provider_record"),
    path(f"{RECORD}/edit/", records.edit, name="provider_record_edit"),
    path(f"{RECORD}/preview/", records.preview, name="provider_record_preview"),
    path(f"{RECORD}/confirm/", records.confirm, name="provider_record_confirm"),
    path(f"{RECORD}/photos/", photos.photos, name="provider_record_photos"),
    path(f"{RECORD}/photos/<int:pk>/", photos.arrange, name="provider_record_photo"),
    path(f"{RECORD}/versions/<int:number>/", records.version, name="provider_record_version"),
    path(f"{RECORD}/change/<slug:verb>/", records.move, name="provider_record_move"),
    path("join/", joining.join, name="provider_join"),
    path("join/<str:token>/", joining.asked, name="provider_asked"),
    path("invitation/<str:token>/", joining.invitation, name="provider_invitation"),
    path("confirm/<str:token>/", upkeep.confirmation, name="record_confirmation"),
    path("expert/<str:token>/", experts.consent, name="expert_consent"),
    path("expert/leaves/<str:token>/", experts.withdrawal, name="expert_withdrawal"),
    path(f"{RECORD}/person/", experts.person, name="provider_person"),
    path(f"{RECORD}/person/leaves/", experts.person_leaves, name="provider_person_leaves"),
]
