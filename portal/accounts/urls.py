"""Addresses of a person's own pages, beside allauth's."""

from django.urls import path

from portal.accounts import organisations, views
from portal.accounts.qr import qr

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/mails/", views.staff_mails, name="staff_mails"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("organisations/", organisations.own, name="organisations"),
    path("organisations/register/", organisations.register, name="organisation_register"),
    path("organisations/join/", organisations.find, name="organisation_find"),
    path("organisations/<int:pk>/", organisations.one, name="organisation"),
    path("organisations/<int:pk>/edit/", organisations.edit, name="organisation_edit"),
    path("organisations/<int:pk>/join/", organisations.join, name="organisation_join"),
    path("memberships/<int:pk>/<slug:verb>/", organisations.move, name="membership_move"),
    path("2fa/totp/qr.svg", qr, name="totp_qr"),
]
