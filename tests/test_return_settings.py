"""Settings of what comes back: each odd value is refused by name."""

import pytest

from eventapp.config import Settings
from eventapp.environment import BadSetting
from eventapp.return_settings import ReturnSettings


def test_without_any_nothing_is_read():
    assert ReturnSettings.from_environment({}) == ReturnSettings()


def test_each_is_taken_to_the_application():
    environ = {
        "EVENTAPP_DEMO": "1",
        "BOUNCE_ADDRESS": "retours@rencontres.example",
        "BOUNCE_WEBHOOK_SECRET": "0" * 32,
        "BOUNCE_IMAP_SERVER": "imap.example",
        "BOUNCE_IMAP_PORT": "143",
        "BOUNCE_IMAP_TLS": "0",
        "BOUNCE_IMAP_USERNAME": "retours",
        "BOUNCE_IMAP_PASSWORD": " secret ",
        "BOUNCE_IMAP_FOLDER": "Retours",
        "MAIL_SPF": "include:spf.example.org",
        "DKIM_SELECTOR": "a1.b2",
        "DKIM_PUBLIC_KEY": "M" * 80 + "==",
        "DNS_SERVER": "192.0.2.53",
    }
    config = Settings.from_environment(environ).as_flask()
    asked = {name: value for name, value in environ.items() if name != "EVENTAPP_DEMO"}
    assert {name: config[name] for name in asked} == asked | {"BOUNCE_IMAP_PORT": 143, "BOUNCE_IMAP_TLS": False}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOUNCE_ADDRESS", "retours"),
        ("BOUNCE_ADDRESS", "a@b\r\nBcc: c@d.example"),
        ("BOUNCE_WEBHOOK_SECRET", "court"),
        ("BOUNCE_IMAP_PORT", "0"),
        ("BOUNCE_IMAP_TLS", "peut-être"),
        ("BOUNCE_IMAP_USERNAME", ""),
        ("MAIL_SPF", "all"),
        ("MAIL_SPF", 'a:"x" -all'),
        ("DKIM_SELECTOR", "a b"),
        ("DKIM_PUBLIC_KEY", "<clé>"),
    ],
)
def test_an_odd_value_is_refused_by_name(name, value):
    known = {"BOUNCE_IMAP_SERVER": "imap.example", "BOUNCE_IMAP_USERNAME": "retours"}
    with pytest.raises(BadSetting, match=name):
        ReturnSettings.from_environment(known | {name: value})


@pytest.mark.parametrize("value", ["Rencontres <rencontres@example.org>", "a@b.example\r\nBcc: c@d.example", "a@b@c"])
def test_a_sender_is_an_address_alone(value):
    with pytest.raises(BadSetting, match="MAIL_DEFAULT_SENDER"):
        Settings.from_environment({"EVENTAPP_DEMO": "1", "MAIL_DEFAULT_SENDER": value})
