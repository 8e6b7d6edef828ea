"""Staff's side of the vouchers in Django's own admin."""

from vouchers.admin.desk import ApplicationAdmin

__all__ = ["ApplicationAdmin"]
