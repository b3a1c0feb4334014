"""A web server of deploy/ really started on loopback, with a certificate of an authority made for the test."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.deploy.files import DEPLOY

NAME = "network.example.org"
RELAY = "smtp.example.org"
PATIENCE = 30.0


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def openssl(folder: Path, words: str) -> None:
    """Call openssl in the folder."""
    subprocess.run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True)


def certify(folder: Path) -> Path:
    """An authority (ca.pem), and the certificate and key of the site and the relay by it (site.pem, site.key)."""
    openssl(folder, "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=Local -keyout ca.key -out ca.pem")
    openssl(folder, f"req -newkey rsa:2048 -nodes -subj /CN={NAME} -keyout site.key -out site.csr")
    (folder / "names").write_text(f"subjectAltName=DNS:{NAME},DNS:{RELAY}\n")
    openssl(
        folder,
        "x509 -req -days 2 -in site.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile names -out site.pem",
    )
    return folder / "ca.pem"


class Line(http.client.HTTPSConnection):
    """A browser's connection to the site's name, which stands at a port of loopback."""

    def __init__(self, port: int, authority: Path) -> None:
        super().__init__(NAME, timeout=PATIENCE)
        self._at, self._trusts = port, ssl.create_default_context(cafile=str(authority))

    def connect(self) -> None:
        """Connect to loopback, and check the certificate against the name."""
        plain = socket.create_connection(("127.0.0.1", self._at), timeout=PATIENCE)
        self.sock = self._trusts.wrap_socket(plain, server_hostname=NAME)


def nginx(folder: Path, front: int, plain: int, behind: int) -> list[str]:
    """The site as it stands in deploy/, with the ports and the certificate of the test; what starts nginx with it."""
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    site = re.sub(r"^ *listen \[::\].*\n", "", site, flags=re.M)
    site = site.replace("listen 80;", f"listen 127.0.0.1:{plain};").replace(
        "listen 443", f"listen 127.0.0.1:{front}"
    )
    site = site.replace("127.0.0.1:5000", f"127.0.0.1:{behind}")
    site = re.sub(r"/etc/letsencrypt/live/\S+/fullchain.pem", str(folder / "site.pem"), site)
    site = re.sub(r"/etc/letsencrypt/live/\S+/privkey.pem", str(folder / "site.key"), site)
    kept = "".join(f"{kind}_temp_path {folder}/{kind};\n"
                   for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))  # fmt: skip
    (folder / "nginx.conf").write_text(
        f"pid {folder}/pid; error_log {folder}/error.log; daemon off; worker_processes 1;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{kept}{site}\n}}\n"
    )
    return [
        shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx",
        "-p",
        str(folder),
        "-c",
        str(folder / "nginx.conf"),
        "-e",
        str(folder / "error.log"),
    ]


def caddy(folder: Path, front: int, plain: int, behind: int) -> list[str]:
    """The same for Caddy."""
    site = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    site = site.replace(
        "{\n\tservers", f"{{\n\tadmin off\n\thttp_port {plain}\n\thttps_port {front}\n\tservers", 1
    )
    site = site.replace("{$SITE_NAME:network.example.org} {",
                        f"{{$SITE_NAME:network.example.org}} {{\n\ttls {folder}/site.pem {folder}/site.key", 1)  # fmt: skip
    site = site.replace("127.0.0.1:5000", f"127.0.0.1:{behind}")
    (folder / "Caddyfile").write_text(site)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


KINDS: dict[str, Callable[[Path, int, int, int], list[str]]] = {"nginx": nginx, "caddy": caddy}


@contextmanager
def started(kind: str, folder: Path, behind: int) -> Iterator[tuple[int, int]]:
    """The web server in front of a port of loopback; its ports with and without TLS."""
    front, plain = free_port(), free_port()
    if os.getuid() == 0:
        folder.chmod(0o711)  # nginx's own process is another user
    command = KINDS[kind](folder, front, plain, behind)
    environment = {"PATH": f"{os.environ['PATH']}:/usr/sbin", "HOME": str(folder)}
    if kind == "nginx":
        looked = subprocess.run(
            [*command, "-t"], env=environment, capture_output=True, text=True, check=False
        )
        assert looked.returncode == 0, looked.stderr
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
    try:
        reachable(front, process)
        yield front, plain
    finally:
        process.terminate()
        process.wait(PATIENCE)


def reachable(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until something listens on the port, and fail where the process has ended."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, f"{process.args} ended with {process.returncode}"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError(f"nothing listens on {port}")
