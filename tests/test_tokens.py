from eventapp import tokens

OLD, NEW = "o" * 40, "n" * 40


def test_the_database_holds_what_finds_a_token_but_not_the_token(app):
    issued = tokens.issue("purpose")
    token = tokens.reveal("purpose", issued.nonce)

    assert tokens.digest(token) == issued.digest
    assert token not in (issued.nonce, issued.digest)
    assert len(token) == 32


def test_a_token_of_one_purpose_is_not_one_of_another(app):
    nonce = tokens.issue("purpose").nonce

    assert tokens.reveal("purpose", nonce) != tokens.reveal("other", nonce)


def test_a_link_already_sent_is_shown_unchanged_after_the_key_was_rotated(app, monkeypatch):
    monkeypatch.setitem(app.config, "SECRET_KEY", OLD)
    issued = tokens.issue("purpose")
    sent = tokens.reveal("purpose", issued.nonce, issued.digest)

    monkeypatch.setitem(app.config, "SECRET_KEY", NEW)
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [OLD])

    assert tokens.reveal("purpose", issued.nonce, issued.digest) == sent
    assert tokens.reveal("purpose", issued.nonce) != sent
