"""How allauth behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils import translation

from portal.accounts.visitors import language_of_page
from portal.enums import Locale
from portal.models import User
from portal.notifications import html_twin


class AccountAdapter(DefaultAccountAdapter):
    """Account mails look like every other letter; a new person keeps the language of the page."""

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Render the text and give it its HTML twin."""
        message: EmailMessage = super().render_mail(template_prefix, email, context, headers)
        subject, body = str(message.subject), str(message.body)
        if isinstance(message, EmailMultiAlternatives):
            language = translation.get_language() or Locale.EN
            message.attach_alternative(
                html_twin(subject, f"{subject}\n\n{body}", None, language), "text/html"
            )
        return message

    def save_user(
        self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True
    ) -> User:
        """Store a new person, who gets letters in the language of the sign-up page."""
        user.language = language_of_page()
        return super().save_user(request, user, form, commit)
