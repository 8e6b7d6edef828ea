"""The picture of a pending one-time-code secret, from an address of our own.

allauth shows it as a ``data:`` image, which the content security policy refuses.
"""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.permissions import signed_in


@never_cache
@require_safe
def qr(request: HttpRequest) -> HttpResponse:
    """Draw the secret that the person's own session holds; 404 where none is being set up."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    adapter = get_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(signed_in(request), secret))
    return HttpResponse(picture, content_type="image/svg+xml")
