"""How amounts, instants, vouchers and form controls are shown on every page."""

from collections import ChainMap
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import template
from django.core.exceptions import ValidationError
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    Field,
    FileInput,
    RadioSelect,
    Select,
    Textarea,
)
from django.templatetags.static import static
from django.utils.dateformat import format as date_format
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy, pgettext, pgettext_lazy

from portal import clock, left
from portal.enums import VoucherKind

register = template.Library()

ZONE_WORDS = {
    "Europe/Amsterdam": gettext_lazy("Amsterdam time"),
    "Europe/Berlin": gettext_lazy("Berlin time"),
    "Europe/Brussels": gettext_lazy("Brussels time"),
    "Europe/Copenhagen": gettext_lazy("Copenhagen time"),
    "Europe/Paris": gettext_lazy("Paris time"),
}
VOUCHER_CLASSES = {
    VoucherKind.MEET_GREET: "is-mg",
    VoucherKind.INSIGHT: "is-in",
    VoucherKind.COLLABORATION: "is-co",
}
COUNTRIES = {
    "BE": gettext_lazy("Belgium"),
    "CH": gettext_lazy("Switzerland"),
    "DE": gettext_lazy("Germany"),
    "DK": gettext_lazy("Denmark"),
    "FR": gettext_lazy("France"),
    "GB": gettext_lazy("United Kingdom"),
    "IE": gettext_lazy("Ireland"),
    "LU": gettext_lazy("Luxembourg"),
    "NL": gettext_lazy("Netherlands"),
}
LENGTH_ERRORS = frozenset({"max_length", "min_length"})
NOTICES = {
    "success": ("is-ok", "check-circle-fill"),
    "ok": ("is-ok", "check-circle-fill"),
    "warning": ("is-warn", "exclamation-triangle-fill"),
    "warn": ("is-warn", "exclamation-triangle-fill"),
    "error": ("is-bad", "exclamation-circle-fill"),
    "bad": ("is-bad", "exclamation-circle-fill"),
}
STEP_WORDS = {
    "done": pgettext_lazy("step", "done"),
    "now": pgettext_lazy("step", "current step"),
    "stop": pgettext_lazy("step", "ended here"),
    "next": pgettext_lazy("step", "still to come"),
}
CONTROL_KINDS: dict[type, str] = {
    RadioSelect: "choices",
    CheckboxSelectMultiple: "choices",
    CheckboxInput: "checkbox",
    FileInput: "file",
    Textarea: "textarea",
    Select: "select",
}


@register.filter
def money(amount: Decimal | float | str | None) -> str:
    """Show an amount in EUR, like €4,000; cents only where there are any, nothing for nothing."""
    if amount is None or amount == "":
        return ""
    value = Decimal(str(amount))
    places = 0 if value == value.to_integral_value() else 2
    figure = number_format(abs(value), decimal_pos=places, force_grouping=True)
    # Translators: an amount in euros as your language writes it.
    shown = pgettext("amount of money", "€%(figure)s") % {"figure": figure}
    return f"\N{MINUS SIGN}{shown}" if value < 0 else shown


@register.filter
def currency(amount: Decimal | None, code: str) -> str:
    """Show an amount of another currency with its ISO code, like 1,250.00 GBP."""
    if amount is None:
        return ""
    figure = number_format(amount, decimal_pos=2, force_grouping=True)
    return f"{figure}\N{NO-BREAK SPACE}{code}"


@register.filter
def quantity(number: Decimal | float | str | None) -> str:
    """Show a number as the language writes it, like 1,234.5; no zeros behind the point."""
    if number is None or number == "":
        return ""
    value = Decimal(str(number)).normalize()
    places = max(0, -int(value.as_tuple().exponent))
    return number_format(value, decimal_pos=places, force_grouping=True)


@register.filter
def per_cent(number: Decimal | float | str | None) -> str:
    """Show a share of 100, like 33.3%."""
    # Translators: a share in percent as your language writes it.
    return pgettext("share", "%(number)s%%") % {"number": quantity(number)} if number != "" else ""


@register.filter
def day(moment: date | datetime | None, zone: str = "") -> str:
    """Show a date like 4 May 2014; an instant needs the zone whose calendar counts."""
    if not moment:
        return ""
    if isinstance(moment, datetime) and zone:
        moment = moment.astimezone(ZoneInfo(zone))
    # Translators: Django's date format of a whole date, like 4 May 2014.
    return date_format(moment, pgettext("date format", "j F Y"))


@register.filter
def clock_time(moment: datetime | None, zone: str) -> str:
    """Show the time of day of an instant in a zone, like 17:00; seconds if any."""
    if not moment:
        return ""
    local = moment.astimezone(ZoneInfo(zone))
    return date_format(local, "H:i:s" if local.second else "H:i")


@register.filter
def zone_words(zone: str) -> str:
    """Name a zone by its city, like Brussels time."""
    if zone in ZONE_WORDS:
        return str(ZONE_WORDS[zone])
    return gettext("%(city)s time") % {"city": zone.rpartition("/")[2].replace("_", " ")}


@register.filter
def zone_code(moment: datetime | None, zone: str) -> str:
    """Name the offset that holds at an instant in a zone, like CEST."""
    return (moment.astimezone(ZoneInfo(zone)).tzname() or "") if moment else ""


@register.filter
def instant(moment: datetime | None, zone: str) -> str:
    """Show an instant like 4 May 2014, 17:00 Brussels time."""
    if not moment:
        return ""
    return gettext("%(day)s, %(time)s %(zone)s") % {
        "day": day(moment, zone),
        "time": clock_time(moment, zone),
        "zone": zone_words(zone),
    }


@register.filter
def weekday(moment: datetime | None, zone: str) -> str:
    """Show an instant with its day of the week, like Sunday 4 May 2014, 17:00 Brussels time."""
    if not moment:
        return ""
    # Translators: Django's date format of a day of the week, like Sunday.
    name = date_format(moment.astimezone(ZoneInfo(zone)), pgettext("date format", "l"))
    return gettext("%(weekday)s %(instant)s") % {"weekday": name, "instant": instant(moment, zone)}


@register.filter
def time_left(moment: datetime | None, zone: str) -> left.Left | None:
    """Count days, or less than a day, from the business clock's now to an instant in a zone."""
    return left.time_left(moment, zone=zone, now=clock.now()) if moment else None


@register.filter
def iso(moment: datetime | None, zone: str) -> str:
    """Write an instant for programs, with the offset of a zone: 2014-05-04T23:59:59+02:00."""
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds") if moment else ""


@register.filter
def voucher_class(kind: str) -> str:
    """Return the hue class of a voucher kind; kinds without a hue of their own stay neutral."""
    return VOUCHER_CLASSES.get(VoucherKind(kind), "") if kind in VoucherKind.values else ""


@register.filter
def percent(part: Decimal | float | None, whole: Decimal | float | None) -> str:
    """Return a width for SVG like 66.25%, between 0 and 100, with a point in every language."""
    if not part or not whole:
        return "0%"
    share = max(0.0, min(1.0, float(part) / float(whole)))
    return f"{share * 100:.2f}%"


@register.filter
def country_name(code: str) -> str:
    """Name a country of North-West Europe by its two letters; others stay letters."""
    return str(COUNTRIES.get(code, code))


@register.filter
def notice_class(tone: str) -> str:
    """Return the class of a notice by its tone; an unknown tone is plain."""
    return NOTICES.get(tone, ("", ""))[0]


@register.filter
def notice_icon(tone: str) -> str:
    """Return the symbol of a notice by its tone."""
    return NOTICES.get(tone, ("", "info-circle-fill"))[1]


@register.filter
def step_words(state: str) -> str:
    """Say in words what the dot of a time line says by its shape."""
    return str(STEP_WORDS[state])


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw a symbol of the sprite; with a label it is a picture, without it decoration."""
    told = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else SafeString('aria-hidden="true"')
    )
    return format_html(
        '<svg class="v-icon" {}><use href="{}#{}"></use></svg>', told, static("img/icons.svg"), name
    )


@register.filter
def control_kind(field: BoundField) -> str:
    """Name the layout of a field: choices, checkbox, file, textarea, select, group or input."""
    widget = field.field.widget
    for kind, name in CONTROL_KINDS.items():
        if isinstance(widget, kind):
            return name
    return "group" if widget.use_fieldset else "input"


@register.filter
def control(field: BoundField) -> SafeString:
    """Draw a field's control with the classes and the references to its hint, error and count."""
    widget = field.field.widget
    kind = control_kind(field)
    base = {"select": "form-select", "checkbox": "form-check-input"}.get(kind, "form-control")
    state = "is-invalid" if field.errors else ""
    attrs: dict[str, str | bool] = {
        "class": " ".join(filter(None, [base, widget.attrs.get("class"), state])),
        # A placeholder goes when typing starts; what people need to know is the hint.
        "placeholder": False,
    }
    if kind == "group":
        attrs["aria-label"] = str(field.label)
    if control_limit(field):
        described = [*(field.aria_describedby or "").split(), f"{field.auto_id}_count"]
        # A limit that stops typing loses what a person pastes; the form says how much is too long.
        attrs |= {"maxlength": False, "aria-describedby": " ".join(described)}
    return field.as_widget(attrs=attrs)


@register.filter
def named_control(field: BoundField) -> SafeString:
    """Draw a control that stands in a table and has no label beside it."""
    return field.as_widget(attrs={"aria-label": str(field.label)})


@register.filter
def control_limit(field: BoundField) -> int:
    """Return how many characters a long text may have; 0 where there is no limit to show."""
    limit = getattr(field.field, "max_length", None)
    return limit if limit and control_kind(field) == "textarea" else 0


@register.filter
def control_prefix(field: BoundField) -> str:
    """Return the unit that stands before a control: the widget's data-prefix, like €."""
    return str(field.field.widget.attrs.get("data-prefix", ""))


@register.filter
def first_id(field: BoundField) -> str:
    """Return the id to which the error summary jumps: the first control of a field."""
    kind = control_kind(field)
    if kind == "choices":
        return f"{field.auto_id}_0"
    if kind == "group":
        return str(field.subwidgets[0].data["subwidgets"][0]["attrs"]["id"])
    return field.id_for_label


@register.filter
def summary_lines(field: BoundField) -> list[str]:
    """Return a field's errors for the summary; those that could stand at any field name theirs."""
    lines = []
    for error in field.errors.as_data():
        said = " ".join(error.messages)
        if _is_nameless(error, field.field):
            said = gettext("%(field)s: %(error)s") % {"field": field.label, "error": said}
        lines.append(said)
    return lines


@register.filter
def count_now(field: BoundField) -> int:
    """Return how many characters a field's text has; a line break counts as one."""
    return len(str(field.value() or "").replace("\r\n", "\n"))


@register.filter
def count_over(field: BoundField) -> int:
    """Return by how many characters a field's text is too long; 0 when it fits."""
    return max(0, count_now(field) - control_limit(field))


def _is_nameless(error: ValidationError, field: Field) -> bool:
    """Whether the sentence is one of Django's own, which could stand at any field."""
    if error.code in LENGTH_ERRORS:
        return error.code not in field.error_messages
    own = ChainMap(*(getattr(kind, "default_error_messages", {}) for kind in type(field).__mro__))
    return error.message == own.get(error.code)
