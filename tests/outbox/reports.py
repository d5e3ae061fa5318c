"""Returned mail, as servers write it."""

DSN = """\
Return-Path: <>
From: MAILER-DAEMON@relais.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_B"

--=_B
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--=_B
Content-Type: message/delivery-status

Reporting-MTA: dns; relais.example
Arrival-Date: Mon, 2 Nov 2026 10:00:00 +0100

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.agents.example
Diagnostic-Code: smtp; {diagnostic}

--=_B
Content-Type: {kind}

Message-ID: {message_id}
Subject: Votre invitation
To: {recipient}

{body}
--=_B--
"""


def report(message_id="<1@rencontres.localhost>", **facts):
    """A server's report that the mail of this Message-ID could not be delivered."""
    known = {
        "to": "ne-pas-repondre@rencontres.example",
        "recipient": "jeanne@agents.example",
        "action": "failed",
        "status": "5.1.1",
        "diagnostic": "550 5.1.1 <jeanne@agents.example>: User unknown",
        "kind": "message/rfc822",
        "body": "Bonjour",
    }
    return DSN.format(message_id=message_id, **known | facts).replace("\n", "\r\n").encode("utf-8", "surrogateescape")


EXIM = b"""\
From: Mail Delivery System <Mailer-Daemon@relais.example>
To: ne-pas-repondre@rencontres.example
X-Failed-Recipients: jeanne@agents.example
Auto-Submitted: auto-replied
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/plain

A message that you sent could not be delivered.

--b
Content-Type: message/rfc822

Message-ID: <1@rencontres.localhost>
Subject: Votre invitation

Bonjour
--b--
"""
ABSENT = b"""\
From: jeanne@agents.example
To: retours+1-aaaaaaaaaa@rencontres.example
Subject: Absente du bureau
Auto-Submitted: auto-replied

Je reviens lundi.
"""
