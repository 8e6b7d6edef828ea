"""Blocked eligibility checks by rule, at the desk."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from portal.admin import DeskAdmin
from portal.permissions import is_staff_member
from vouchers.models import RefusedCheck


@admin.register(RefusedCheck)
class RefusedCheckAdmin(DeskAdmin[RefusedCheck]):
    """How often each rule said no to somebody who had not applied; nothing about who."""

    may_view = staticmethod(is_staff_member)
    list_display = ["day", "programme", "voucher_type", "region", "rule_name", "count"]
    list_filter = ["programme", "region", "rule"]
    date_hierarchy = "day"

    @admin.display(description=gettext_lazy("Rule"), ordering="rule")
    def rule_name(self, row: RefusedCheck) -> str:
        """The rule in words without underscores."""
        return row.rule.replace("_", " ")
