"""The kernel as a Django app."""

from django.apps import AppConfig, apps
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from portal.labels import name_columns

OURS = ("portal", "catalogue", "brokers", "events", "vouchers")


class PortalConfig(AppConfig):
    """Makes every document kind known to worker, web and integrity check alike."""

    name = "portal"
    verbose_name = _("People and regions")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load each app's documents module, where kinds are registered, and name the columns."""
        autodiscover_modules("documents")
        for name in OURS:
            name_columns(apps.get_app_config(name))
