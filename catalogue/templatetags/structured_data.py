"""The facts of a record's page as data for search engines."""

import json

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.safestring import SafeString, mark_safe

from catalogue.exports import structured
from catalogue.models import Record

register = template.Library()
# Text of a provider must not end the script; Django's json_script escapes the same signs.
ESCAPED = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag
def structured_data(record: Record) -> SafeString:
    """Return a block of JSON-LD; browsers do not run it, so the content policy allows it."""
    data = json.dumps(structured(record), cls=DjangoJSONEncoder, ensure_ascii=False)
    block = f'<script type="application/ld+json">{data.translate(ESCAPED)}</script>'
    return mark_safe(block)  # noqa: S308 - every sign that could end the block is escaped
