"""In a network of its own: a mailbox, govnet and nginx as their units start them, and somebody who asks for a mail to sign in."""

import http.cookiejar
import re
import socket
import ssl
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

NAME, PATIENCE = sys.argv[1], 90
MAILS = []


class Mailbox:
    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        MAILS.append(envelope)
        return "250 kept"


def reachable(port):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"nothing listens on {port}")


def signs_in(server, session, envelope, mechanism, told):
    """The relay knows one user."""
    return AuthResult(success=told.login == b"govnet@example.org" and told.password == b"of the relay")


def mailbox(settings):
    """A relay at the port that the settings name: with TLS and a password where they say so."""
    how = {}
    if "MAIL_USE_TLS" in settings:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain("/root/site.pem", "/root/site.key")
        how = {
            "tls_context": context,
            "require_starttls": True,
            "authenticator": signs_in,
            "auth_required": True,
        }
    return Controller(Mailbox(), hostname="127.0.0.1", port=int(settings.get("MAIL_PORT", 25)), **how)


unit = Path("/etc/systemd/system/govnet.service").read_text()
command = re.search(r"^ExecStart=(.*)$", unit, re.M)[1].split()
setting = re.search(r"^Environment=(.*)$", unit, re.M)[1]
settings = dict(re.findall(r"^([A-Z_]+)=(.*)$", Path("/etc/govnet/settings.env").read_text(), re.M))
relay = mailbox(settings)
relay.start()
running = [
    subprocess.Popen(["runuser", "-u", "govnet", "--", "env", setting, *command]),
    subprocess.Popen(["nginx", "-g", "daemon off;"]),
]
try:
    reachable(5000)
    reachable(443)
    trusts = ssl.create_default_context(cafile="/root/ca.pem")
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trusts), jar)
    with browser.open(f"https://{NAME}/uk/", timeout=30) as home:
        print("home", home.status)
    page = browser.open(f"https://{NAME}/sign-in", timeout=30).read().decode()
    fields = dict(re.findall(r'<input[^>]*name="([a-z_]+)"[^>]*value="([^"]*)"', page))
    body = urllib.parse.urlencode({**fields, "email": "sam@example.org"}).encode()
    request = urllib.request.Request(f"https://{NAME}/sign-in", body, {"Origin": f"https://{NAME}"})
    print("asked", browser.open(request, timeout=30).status)
    until = time.monotonic() + PATIENCE
    while not MAILS and time.monotonic() < until:
        time.sleep(0.5)
    for mail in MAILS[:1]:
        print("sign-in mail:", mail.mail_from, mail.rcpt_tos)
finally:
    for process in running:
        process.terminate()
    relay.stop()
    for process in running:
        process.wait(60)
