"""What a machine can see of the templates and style sheets: nothing inline, nothing missing."""

import re
from pathlib import Path

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.utils.html import strip_tags

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
NAMES = sorted(
    path.relative_to(TEMPLATES).as_posix()
    for path in TEMPLATES.rglob("*")
    if path.suffix in {".html", ".txt"}
)
# Letters and mails travel without our style sheets.
PAGES = [name for name in NAMES if "/pdf/" not in name and "/email/" not in name]
SHEETS = sorted(path.name for path in (STATIC / "css").glob("*.css"))
INLINE = re.compile(
    r"""\sstyle\s*=|<style\b|\son[a-z]+\s*=\s*["']|javascript:"""
    r"""|<script(?![^>]*\bsrc=)(?![^>]*type="application/json")""",
    re.IGNORECASE,
)


def source(name):
    return (TEMPLATES / name).read_text()


@pytest.mark.parametrize("name", NAMES)
def test_template_compiles(name):
    assert get_template(name).template.name == name


@pytest.mark.parametrize("name", PAGES)
def test_template_has_no_inline_style_or_script(name):
    assert INLINE.findall(source(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_template_includes_what_exists(name):
    wanted = re.findall(r"""{%-? (?:include|extends) "([^"#]+)""", source(name))
    assert [one for one in wanted if not get_template(one)] == []


@pytest.mark.parametrize("name", PAGES)
def test_template_names_static_files_that_exist(name):
    wanted = re.findall(r"""{% static ["']([^"']+)["'] %}""", source(name))
    assert [one for one in wanted if finders.find(one) is None] == []


def test_every_icon_is_in_the_sprite():
    drawn = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (STATIC / "img/icons.svg").read_text()))
    used = {
        icon
        for name in PAGES
        for icon in re.findall(
            r"""(?:{% icon |symbol=|include "components/icon.html" with name=)"([a-z0-9-]+)\"""",
            source(name),
        )
    }
    assert used - drawn == set()


@pytest.mark.parametrize("sheet", SHEETS)
def test_style_sheet_loads_only_own_files(sheet):
    folder = STATIC / "css"
    addresses = re.findall(r"url\(([^)#]+)\)", (folder / sheet).read_text())
    missing = [one for one in addresses if not (folder / one.strip("\"'")).is_file()]
    assert missing == []


def test_vendored_bootstrap_has_no_data_address():
    assert "data:" not in (STATIC / "vendor/bootstrap/bootstrap.min.css").read_text()


@pytest.mark.parametrize("name", ["400.html", "403_csrf.html", "500.html"])
def test_error_page_needs_no_context(name):
    page = render_to_string(name)
    assert [page.count("<h1>"), page.count('href="/">'), "{{" in page] == [1, 2, False]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["403.html", "404.html", "409.html", "429.html"])
def test_error_page_offers_a_way_back(name, client):
    request = RequestFactory().get("/nowhere/")
    request.user = client.get("/about/").wsgi_request.user
    page = render_to_string(name, {}, request)
    assert [page.count("<h1>"), 'class="btn btn-primary"' in page] == [1, True]


class Questions(forms.Form):
    """One field of each layout."""

    name = forms.CharField(label="Name", help_text="As in your register")
    plan = forms.CharField(label="Plan", max_length=10, widget=forms.Textarea)
    kind = forms.ChoiceField(
        label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect
    )
    amount = forms.CharField(
        label="Amount",
        widget=forms.TextInput(attrs={"data-prefix": "€"}),
        error_messages={"required": "Enter the amount"},
    )
    agreed = forms.BooleanField(label="I agree", required=False)
    note = forms.CharField(label="Note", required=False)

    def clean(self):
        raise forms.ValidationError("The call has closed")


def fields(html):
    """Cut the page into its fields."""
    return re.split(r'<(?:div|fieldset) class="v-field', html)[1:]


def test_field_joins_label_hint_and_error_to_its_control():
    name = fields(Questions({}).as_div())[0]
    assert {
        "label": re.findall(r'<label class="form-label"\s+for="([^"]+)"', name),
        "described": re.findall(r'aria-describedby="([^"]+)"', name),
        "ids": re.findall(r'\sid="([^"]+)"', name),
        "invalid": re.findall(r'aria-invalid="([^"]+)"', name),
        "class": re.findall(r'<input[^>]* class="([^"]+)"', name),
    } == {
        "label": ["id_name"],
        "described": ["id_name_helptext id_name_error"],
        "ids": ["id_name_helptext", "id_name_error", "id_name"],
        "invalid": ["true"],
        "class": ["form-control is-invalid"],
    }


def test_field_counts_a_long_text_and_never_stops_typing():
    plan = fields(Questions({"plan": "twelve\r\nchars"}).as_div())[1]
    assert [
        "maxlength" in plan,
        'aria-describedby="id_plan_error id_plan_count"' in plan,
        " ".join(strip_tags(plan).split()).endswith("2 characters too many 12 of 10 characters"),
    ] == [False, True, True]


def test_field_asks_choices_in_a_fieldset():
    kind = fields(Questions({"kind": "b"}).as_div())[2]
    assert [
        re.findall(r"<legend[^>]*>([^<\n]+)", kind),
        re.findall(r'id="(id_kind_\d)"( checked)?', kind),
        kind.count('class="form-check-label"'),
    ] == [["Kind"], [("id_kind_0", ""), ("id_kind_1", " checked")], 2]


def test_field_shows_its_unit_and_that_it_is_optional():
    drawn = fields(Questions().as_div())
    assert [
        '<span aria-hidden="true">€</span>' in drawn[3],
        [number for number, one in enumerate(drawn) if "(optional)" in one],
    ] == [True, [5]]


def test_error_summary_links_every_error_to_its_first_control():
    form = Questions({"kind": "z", "plan": "much too long"})
    page = Template('{% include "components/error_summary.html" %}').render(Context({"form": form}))
    assert re.findall(r'<li>(?:<a href="([^"]+)">)?([^<]+)', page) == [
        ("", "The call has closed"),
        ("#id_name", "Name: This field is required."),
        ("#id_plan", "Plan: Ensure this value has at most 10 characters (it has 13)."),
        ("#id_kind_0", "Kind: Select a valid choice. z is not one of the available choices."),
        ("#id_amount", "Enter the amount"),
    ]


def test_error_summary_is_absent_from_a_fresh_form():
    page = Template('{% include "components/error_summary.html" %}').render(
        Context({"form": Questions()})
    )
    assert page.strip() == ""
