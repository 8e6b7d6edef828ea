"""Words for what the law names: kinds of parties, control, relations, sizes."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from vouchers.rules.ownership import Control, Kind
from vouchers.rules.sme import Relation, SizeClass

KIND_WORDS: Mapping[str, Promise] = {
    Kind.ENTERPRISE: _("Enterprise"),
    Kind.PERSON: _("Person, or people who act together"),
    Kind.PUBLIC_BODY: _("Public body"),
    Kind.PUBLIC_INVESTMENT: _("Public investment corporation"),
    Kind.VENTURE_CAPITAL: _("Venture capital company"),
    Kind.BUSINESS_ANGEL: _("Business angel"),
    Kind.UNIVERSITY: _("University or non-profit research centre"),
    Kind.INSTITUTIONAL: _("Institutional investor, such as a regional fund"),
    Kind.SMALL_AUTHORITY: _("Autonomous local authority, small"),
}
CONTROL_WORDS: Mapping[str, Promise] = {
    Control.BOARD: _("may appoint most of the board"),
    Control.CONTRACT: _("controls by a contract or by the articles"),
    Control.AGREEMENT: _("controls by an agreement of shareholders"),
}
RELATION_WORDS: Mapping[str, Promise] = {
    Relation.AUTONOMOUS: pgettext_lazy("enterprise", "Does not count"),
    Relation.PARTNER: pgettext_lazy("enterprise", "Partner, counted by its share"),
    Relation.LINKED: pgettext_lazy("enterprise", "Linked, counted in full"),
}
SIZE_WORDS: Mapping[str, Promise] = {
    SizeClass.MICRO: _("Micro enterprise"),
    SizeClass.SMALL: _("Small enterprise"),
    SizeClass.MEDIUM: _("Medium-sized enterprise"),
    SizeClass.NOT_SME: _("Not an SME"),
}
