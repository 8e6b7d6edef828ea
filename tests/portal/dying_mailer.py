"""A mailer whose process ends while the letter is on the wire."""

from django.core.mail.backends.base import BaseEmailBackend


class PowerCut(BaseException):
    """What no `except Exception` stops."""


class DyingBackend(BaseEmailBackend):
    """Takes the letters and dies."""

    def send_messages(self, email_messages):
        raise PowerCut
