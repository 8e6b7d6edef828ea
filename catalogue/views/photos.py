"""Photos: the pictures themselves, and the page on which a provider arranges them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalogue import actions
from catalogue.actions.photos import MOST_PHOTOS
from catalogue.enums import RevisionState
from catalogue.forms.provider import PhotoForm
from catalogue.models import Photo, Record
from catalogue.snapshots import photos_of
from catalogue.views.holding import change_of, content_now, is_busy, record_of, to_edit
from portal import clock
from portal.models import User
from portal.permissions import actor

HOUR = 3600


@login_not_required
@require_safe
def photo(request: HttpRequest, pk: int) -> FileResponse:
    """Give a public record's photo to everybody, any other to who sees what shows it."""
    rows = Photo.objects.select_related("upload")
    public = Record.objects.public(clock.now())
    found = rows.filter(pk=pk, place__isnull=False, record__in=public).first()
    if found is not None:
        return _file(found, f"public, max-age={HOUR}")
    if not isinstance(request.user, User):
        raise Http404
    return _file(get_object_or_404(rows.visible_to(request.user), pk=pk), "private, no-store")


def _file(found: Photo, cache: str) -> FileResponse:
    # The bytes are our own encoding, so the type is known and not what somebody claimed.
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": cache}
    return FileResponse(
        found.upload.file.open("rb"),
        content_type="image/jpeg",
        filename=f"{found.pk}.jpg",
        headers=headers,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def photos(request: HttpRequest, slug: str) -> HttpResponse:
    """Arrange the photos of a change and add one."""
    one = to_edit(request, slug)
    change = change_of(request, one)
    if is_busy(one, change):
        return render(request, "catalogue/provider/busy.html", {"record": one}, status=409)
    if change and change.state == RevisionState.SUBMITTED and request.method != "POST":
        return redirect("provider_record", slug)
    posted = request.method == "POST"
    form = PhotoForm(request.POST if posted else None, request.FILES if posted else None)
    if form.is_valid() and _added(request, one, form):
        messages.success(request, gettext("The photo is added to the draft."))
        return redirect("provider_record_photos", slug)
    listed = photos_of(one, content_now(one, change).get("photos", []))
    context = {
        "record": one,
        "photos": listed,
        "form": form,
        "is_full": len(listed) >= MOST_PHOTOS,
        "most": MOST_PHOTOS,
    }
    status = 422 if form.errors else 200
    return render(request, "catalogue/provider/photos.html", context, status=status)


def _added(request: HttpRequest, one: Record, form: PhotoForm) -> bool:
    try:
        actions.add_photo(one, **form.cleaned_data, by=actor(request), now=clock.now())
    except actions.TooManyPhotos:
        form.add_error(None, gettext("Six photos are the most. Remove one first"))
        return False
    return True


@require_POST
def arrange(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Move a photo forward, or take it out of the change."""
    one = record_of(request, slug)
    listed = list(content_now(one, change_of(request, one)).get("photos", []))
    if pk not in listed:
        raise Http404
    place = listed.index(pk)
    listed.remove(pk)
    if "remove" not in request.POST:
        listed.insert(max(0, place - 1), pk)
    actions.arrange_photos(one, photos=listed, by=actor(request), now=clock.now())
    return redirect("provider_record_photos", slug)
