"""Security headers on every answer, errors included (MDN Observatory, OWASP ASVS 5.0 V3.4; docs/security.md)."""

from flask import Flask, Response, current_app, request

from eventapp import access

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# The State's design system brings its fonts, and icons written inside its stylesheet.
DSFR_CSP = CSP.replace("img-src 'self'", "img-src 'self' data:; font-src 'self'")
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
HSTS = "max-age=63072000; includeSubDomains"


def register(app: Flask) -> None:
    app.after_request(add)


def add(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", DSFR_CSP if current_app.config["DSFR_DIR"] else CSP)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", PERMISSIONS)
    if current_app.config["SETTINGS"].is_https:
        headers.setdefault("Strict-Transport-Security", HSTS)
    _privacy(response)
    return response


def _privacy(response: Response) -> None:
    headers = response.headers
    view = current_app.view_functions.get(request.endpoint or "")
    holds_token = getattr(view, "access", None) is access.Public.TOKEN
    headers.setdefault("Referrer-Policy", "strict-origin" if holds_token else "same-origin")
    if holds_token:
        headers.setdefault("X-Robots-Tag", "noindex")
    if response.status_code >= 400:
        headers["Cache-Control"] = "no-store"
    if access.is_personal():
        headers.setdefault("Cache-Control", "no-store")
        response.vary.add("Cookie")
