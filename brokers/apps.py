"""The app's name."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BrokersConfig(AppConfig):
    """Label of the app in the admin."""

    name = "brokers"
    verbose_name = _("Access brokers")
    default_auto_field = "django.db.models.BigAutoField"
