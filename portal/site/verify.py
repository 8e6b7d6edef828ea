"""Is this letter genuine: by number and code, or by the file itself."""

import hashlib
import hmac

from allauth.core import ratelimit
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from portal.enums import DocumentState
from portal.models import Document
from portal.uploads import MAX_BYTES

CODE_LENGTH = 8


class VerifyForm(forms.Form):
    """A number with its code, or the file."""

    number = forms.CharField(
        label=gettext_lazy("Number of the document"),
        help_text=gettext_lazy("It stands at the top of the letter, like LSV-1-COL-017-L."),
        max_length=60,
        required=False,
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Eight characters in the box at the end of the letter."),
        max_length=20,
        required=False,
    )
    file = forms.FileField(
        label=gettext_lazy("Or the file itself"),
        help_text=gettext_lazy("The PDF as you received it. It is compared and not kept."),
        required=False,
    )

    def clean(self) -> dict[str, object]:
        """Ask for one of the two ways, whole."""
        given = super().clean() or {}
        if given.get("file"):
            if given["file"].size > MAX_BYTES:
                self.add_error("file", gettext("Choose a file of 10 MB or less"))
            return given
        if not given.get("number"):
            self.add_error("number", gettext("Enter the number, or choose the file"))
        elif not given.get("code"):
            self.add_error("code", gettext("Enter the code that stands on the letter"))
        return given

    def find(self) -> Document | None:
        """Return the genuine document, or None."""
        file = self.cleaned_data.get("file")
        # The hashes of an erased letter still prove the copy that somebody holds.
        ready = Document.objects.filter(state__in=[DocumentState.READY, DocumentState.ERASED])
        if file:
            return ready.filter(sha256=hashlib.sha256(file.read()).hexdigest()).first()
        document = ready.filter(number__iexact=self.cleaned_data["number"].strip()).first()
        code = self.cleaned_data["code"].replace(" ", "").replace("-", "").upper()
        if document is None or not _same(document, code):
            return None
        return document


def _same(document: Document, code: str) -> bool:
    """Compare the printed code, or the whole hash, without telling how much of it was right."""
    full = document.content_hash.upper()
    expected = full if len(code) > CODE_LENGTH else full[:CODE_LENGTH]
    return hmac.compare_digest(expected.encode(), code.encode())


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, number: str = "") -> HttpResponse:
    """Show the form; after a POST say whether the document is genuine."""
    asked = request.method == "POST"
    form = VerifyForm(
        request.POST if asked else None,
        request.FILES if asked else None,
        initial={"number": number},
    )
    context: dict[str, object] = {"form": form}
    status = 200
    if asked:
        if not ratelimit.consume(request, action="verify"):
            form.add_error(None, gettext("Too many checks from here. Try again in an hour"))
            status = 429
        elif form.is_valid():
            document = form.find()
            context |= {"is_checked": True, "document": document}
    return render(request, "portal/site/verify.html", context, status=status)
