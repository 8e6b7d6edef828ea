"""What the admin is called, and what Django and allauth would register but nobody may touch."""

from allauth.account import admin as _account
from allauth.account.models import EmailAddress
from allauth.mfa import admin as _mfa
from allauth.mfa.models import Authenticator
from allauth.usersessions import admin as _sessions
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth import admin as _auth
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

# Their admin modules register on import, so they come first here and are taken back.
REGISTERED_ELSEWHERE = (_account, _auth, _mfa, _sessions)

admin.site.unregister([Authenticator, EmailAddress, Group, UserSession])
admin.site.site_title = _("Desk")
admin.site.site_header = _("Life Sciences Vouchers: desk")
admin.site.index_title = _("What you look after")
admin.site.empty_value_display = "\N{EN DASH}"
