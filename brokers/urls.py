"""Addresses of the access brokers."""

from django.urls import path

from brokers.views import public

urlpatterns = [
    path("", public.broker_list, name="broker_list"),
    path("<slug:slug>/", public.broker_page, name="broker_page"),
    path("<slug:slug>/asked/<str:token>/", public.broker_asked, name="broker_asked"),
]
