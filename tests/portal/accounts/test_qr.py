"""The picture of a one-time-code secret."""

from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY


def test_qr_draws_the_secret_of_the_session(sign_in, member):
    browser = sign_in(member)
    session = browser.session
    session[SECRET_SESSION_KEY] = "JBSWY3DPEHPK3PXP"
    session.save()
    response = browser.get("/accounts/2fa/totp/qr.svg")
    assert [
        response.status_code,
        response["Content-Type"],
        "no-store" in response["Cache-Control"],
        b"<svg" in response.content,
    ] == [200, "image/svg+xml", True, True]


def test_qr_is_not_there_without_a_pending_secret(sign_in, member):
    assert sign_in(member).get("/accounts/2fa/totp/qr.svg").status_code == 404


def test_qr_is_not_for_strangers(client, db):
    assert client.get("/accounts/2fa/totp/qr.svg").status_code == 302
