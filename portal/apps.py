"""The kernel as a Django app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """Makes every document kind known to worker, web and integrity check alike."""

    name = "portal"
    verbose_name = _("People and regions")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load each app's documents module, where kinds are registered."""
        autodiscover_modules("documents")
