"""Macros every page is made of: what a screen reader and a keyboard need from them."""

import pytest
from flask import Flask, render_template_string
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, EmailField, RadioField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

WITH = "{% import 'components/forms.html' as forms %}"


class Sample(FlaskForm):
    email = EmailField("Adresse électronique", [DataRequired("Il manque le « @ ».")])
    function = StringField("Fonction")
    slot = RadioField(
        "Table ronde", [InputRequired("Choisissez.")], choices=[SelectChoice("a", "A"), SelectChoice("b", "B")]
    )
    needs = SelectMultipleField(
        "Besoins",
        choices=[SelectChoice("f", "Fauteuil")],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    consent = BooleanField("J’accepte")


@pytest.fixture
def refused(app: Flask):
    with app.test_request_context("/liste?q=l%26g&tri=nom&apres=9&_external=1"):
        form = Sample(MultiDict(), meta={"csrf": False})
        form.validate()
        yield form


def render(source: str, **values: object) -> str:
    return " ".join(render_template_string(WITH + source, **values).split())


def test_a_refused_field_points_to_its_hint_and_its_error(refused):
    html = render("{{ forms.field(form.email, hint='Exemple : a@b.example') }}", form=refused)

    assert 'aria-describedby="email-hint email-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="email-hint">Exemple : a@b.example' in html
    assert 'id="email-error"' in html


def test_what_is_needed_is_required_and_the_rest_says_it_is_optional(refused):
    needed = render("{{ forms.field(form.email) }}", form=refused)
    optional = render("{{ forms.field(form.function) }}", form=refused)

    assert " required" in needed
    assert "(optionnel)" not in needed
    assert " required" not in optional
    assert "Fonction (optionnel)</label>" in optional


def test_a_box_to_tick_is_never_called_optional(refused):
    assert "(optionnel)" not in render("{{ forms.field(form.consent) }}", form=refused)


def test_radios_are_a_group_with_a_legend_each_required(refused):
    html = render("{{ forms.field(form.slot, hints={'a': 'salle Vauban'}) }}", form=refused)

    assert '<legend class="fr-fieldset__legend">Table ronde</legend>' in html
    assert html.count('type="radio"') == html.count(" required") == 2
    assert html.count('aria-describedby="slot-error"') == 3
    assert "salle Vauban" in html


def test_boxes_of_a_group_are_never_required(refused):
    html = render("{{ forms.field(form.needs) }}", form=refused)

    assert 'type="checkbox"' in html
    assert " required" not in html


def test_the_summary_counts_the_errors_and_leads_to_each(refused):
    refused.form_errors.append("Les inscriptions sont closes.")
    html = render("{{ forms.error_summary(form, also=[('sessions', 'Choisissez.')]) }}", form=refused)

    assert "4 erreurs à corriger" in html
    assert "Les inscriptions sont closes." in html
    assert [f'href="#{anchor}"' in html for anchor in ("email", "slot-0", "sessions")] == [True] * 3


def test_a_form_without_fault_has_no_summary(app: Flask):
    with app.test_request_context():
        assert render("{{ forms.error_summary(form) }}", form=Sample(meta={"csrf": False})) == ""


TABLE = """{% import 'components/table.html' as table %}
{% call(row) table.table(rows, [("Personne", "nom"), ("Dép.", "", "num")], "Inscrits", sort=sort, empty="Personne.") %}
{{ table.head("Personne", row) }}{{ table.cell("Dép.", "02", num=true) }}
{% endcall %}"""


def test_a_table_keeps_its_roles_and_labels_its_cells(refused):
    html = render(TABLE, rows=["N’GUYEN <b>"], sort="nom")

    assert [f'role="{role}"' in html for role in ("table", "row", "columnheader", "rowheader", "cell")] == [True] * 5
    assert 'data-label="Dép."' in html
    assert "N’GUYEN &lt;b&gt;" in html


def test_a_sorted_column_says_so_and_its_link_turns_it_round_keeping_the_search(refused):
    html = render(TABLE, rows=["A"], sort="nom")

    assert 'aria-sort="ascending"' in html
    assert 'href="?q=l%26g&amp;_external=1&amp;tri=-nom"' in html


def test_an_empty_table_is_a_sentence(refused):
    html = render(TABLE, rows=[], sort=None)

    assert "<table" not in html
    assert "Personne." in html
