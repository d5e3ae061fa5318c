from eventapp.spreadsheets.columns import match_columns

WANTED = {
    "first_name": ["Prénom"],
    "last_name": ["Nom", "Nom de famille"],
    "email": ["Adresse électronique", "Courriel", "E-mail", "Mail"],
}


def test_titles_are_recognised_however_they_are_typed():
    columns = match_columns(["PRENOM ", "Nom_de_Famille", "e-mail :", "Couleur", ""], WANTED)
    assert columns.places == {"first_name": 0, "last_name": 1, "email": 2}
    assert (columns.missing, columns.unknown) == ([], ["Couleur"])


def test_missing_and_doubled_columns_are_named():
    columns = match_columns(["Nom", "Nom"], WANTED)
    assert (columns.places, columns.missing, columns.unknown) == ({"last_name": 0}, ["first_name", "email"], ["Nom"])


def test_the_preferred_title_wins():
    assert match_columns(["Mail", "Adresse électronique"], WANTED).places["email"] == 1


def test_a_row_is_picked_by_name_on_one_line():
    columns = match_columns(["Nom", "Prénom"], WANTED)
    assert columns.pick([" Le\nGall\0"]) == {"email": "", "last_name": "Le Gall", "first_name": ""}
