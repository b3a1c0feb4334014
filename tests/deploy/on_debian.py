"""The whole way on a machine with nothing but Debian, in a root folder made by debootstrap: `make test-install`, as root.

Called by its name, and not collected by `make test-all`: it fetches Debian and the libraries, and takes some minutes. There is no
systemd in a root folder; what units would start is started here by their own command lines, in a network of its own.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from govnet import create_app
from govnet.extensions import db
from tests.charter.test_founding_file import FILE
from tests.deploy import fronts
from tests.deploy.files import DEPLOY, ROOT
from tests.deploy.test_guide import blocks
from tests.operations import dumps

MIRROR = [where] if (where := os.environ.get("DEBIAN_MIRROR")) else []
SUITE = os.environ.get("DEBIAN_SUITE", "bookworm")
NAME = fronts.NAME
PROGRAM = "/srv/govnet/venv/bin/govnet"
DEBOOTSTRAP = ("debootstrap", "--variant=minbase", "--include=ca-certificates,systemd,sudo")
ALONE = ("unshare", "--net", "--pid", "--fork", "--kill-child")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
HERE = Path(__file__).parent
INSTALL = [
    "bash",
    "/root/dist/install.sh",
    "--site",
    NAME,
    "--certificate",
    "/root/site.pem",
    "--key",
    "/root/site.key",
]
FINE = "op.execute('SELECT 1')"
FAILS = "op.execute('DELETE FROM backup'); op.execute('SELECT nothing FROM nowhere')"
MAIL = ["--", "--mail-server", "127.0.0.1", "--mail-security", "none"]


class Debian:
    """A root folder with Debian in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(
        self, *words: str, alone: bool = False, check: bool = True, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Call something in it as root; `alone` in a network that has nothing but loopback."""
        command = ["chroot", str(self.root), *words]
        if alone:
            command = [*ALONE, sys.executable, "-c", LOOPBACK, *command]
        kept = {
            name: value
            for name, value in os.environ.items()
            if re.fullmatch(r"(?i)PIP_(CERT|.*_URL)|.*_proxy", name)
        }
        environment = {**kept, "PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", **more}
        done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=900,
                              stdin=subprocess.DEVNULL)  # fmt: skip
        if check:
            assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
        return done

    def shell(self, script: str, **how: bool) -> subprocess.CompletedProcess[str]:
        """Run lines of shell in it, up to the first that fails."""
        return self.run("bash", "-euo", "pipefail", "-c", script, **how)

    def file(self, path: str) -> Path:
        """A file in it, from outside."""
        return self.root / path.lstrip("/")

    def copy(self, root: Path) -> Debian:
        """Another machine that is as this one is now."""
        subprocess.run(["cp", "-a", "--reflink=auto", str(self.root), str(root)], check=True)
        return Debian(root)


LOOPBACK = """
import fcntl, os, socket, struct, sys
with socket.socket() as s:
    fcntl.ioctl(s, 0x8914, struct.pack("16sh", b"lo", 0x1 | 0x40))
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""Brings loopback up (SIOCSIFFLAGS), then runs what follows."""


NOTHING_STARTS = "#!/bin/sh\nexit 101\n"
OFFLINE = """#!/bin/sh
for word; do
    shift
    [ "$word" = --now ] || set -- "$@" "$word"
done
SYSTEMD_OFFLINE=1 exec /usr/bin/systemctl "$@"
"""
"""There is no systemd that could start anything: it enables units, and passes over the rest as it does in a chroot."""


def fresh(root: Path) -> Debian:
    """Debian and nothing else, but for what this machine needs to reach its mirror and its index.

    To try something again sooner, DEBIAN_ROOT names such a folder that was made before.
    """
    if before := os.environ.get("DEBIAN_ROOT"):
        Debian(Path(before)).copy(root)
    else:
        subprocess.run([*DEBOOTSTRAP, SUITE, str(root), *MIRROR], check=True, capture_output=True)
    machine = Debian(root)
    for path in ("/etc/resolv.conf", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt"):
        if Path(path).exists():
            machine.file(path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, machine.file(path))
    names = f"127.0.0.1 localhost {socket.gethostname()} {NAME} {fronts.RELAY}\n"
    machine.file("/etc/hosts").write_text(names)
    for path in Path("/etc/apt/apt.conf.d").glob("99*"):
        shutil.copy(path, machine.file("/etc/apt/apt.conf.d"))
    for path, script in (("/usr/sbin/policy-rc.d", NOTHING_STARTS), ("/usr/local/bin/systemctl", OFFLINE)):
        machine.file(path).write_text(script)
        machine.file(path).chmod(0o755)
    return machine


def release(folder: Path, version: str = "", migrations: tuple[str, ...] = ()) -> Path:
    """The files from `make wheel`, of this source or of one that calls itself another version and has more migrations."""
    source = folder / "source"
    rubbish = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "dist")
    shutil.copytree(ROOT, source, ignore=rubbish, symlinks=True)
    if version:
        for name in ("pyproject.toml", "govnet/__init__.py"):
            text = (source / name).read_text(encoding="utf-8")
            (source / name).write_text(
                re.sub(r'^(_*version_* = )".*"', rf'\1"{version}"', text, count=1, flags=re.M)
            )
    newest = max((source / "migrations" / "versions").glob("[0-9]*.py")).name[:4]
    for number, does in enumerate(migrations, start=9001):
        text = f'from alembic import op\nrevision = "{number}"\ndown_revision = "{newest}"\n\n\ndef upgrade():\n    {does}\n'
        (source / "migrations" / "versions" / f"{number}_of_a_test.py").write_text(text)
        newest = str(number)
    subprocess.run(["make", "-s", "-o", ".venv/dev.stamp", "wheel", f"BIN={Path(sys.executable).parent}"], cwd=source, check=True,
                   capture_output=True)  # fmt: skip
    return source / "dist"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Debian:
    machine = fresh(tmp_path_factory.mktemp("debian") / "root")
    folder = tmp_path_factory.mktemp("release")
    shutil.copytree(release(folder), machine.file("/root/dist"))
    fronts.certify(folder)
    for name in ("site.pem", "site.key", "ca.pem"):
        shutil.copy(folder / name, machine.file("/root"))
    machine.file("/root/network.toml").write_text(FILE)
    machine.file("/root/visit.py").write_text((HERE / "visit.py").read_text(encoding="utf-8"))
    return machine


@pytest.fixture(scope="module")
def installed(pristine: Debian, tmp_path_factory: pytest.TempPathFactory) -> Debian:
    machine = pristine.copy(tmp_path_factory.mktemp("machine") / "root")
    machine.run(*INSTALL, *MAIL)
    return machine


def test_a_dry_run_says_each_step_and_does_nothing(pristine: Debian) -> None:
    before = sorted(path.name for path in pristine.file("/etc").iterdir())
    said = pristine.run(*INSTALL, "--replies", "--dry-run", *MAIL).stdout
    for step in (
        "Programs of Debian",
        "The user govnet",
        "The program",
        "Settings",
        "Units",
        "nginx",
        "Postfix",
        "Start",
    ):
        assert f"== {step}" in said
    assert "We could not act" in said
    assert not pristine.file("/srv/govnet").exists()
    assert sorted(path.name for path in pristine.file("/etc").iterdir()) == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "--site network.example.org"),
        (["--site", "network.example.org"], "--certbot ADDRESS"),
        (["--site", "a b", "--certbot", "a@example.org"], "--site network.example.org"),
        (["--site", NAME, "--certificate", "/nowhere", "--key", "/root/site.key"], "/nowhere cannot be read"),
        (["--sight", NAME], "Unknown: --sight"),
        (["--site"], "--site needs a value"),
    ],
)
def test_missing_options_are_named_before_anything_is_done(
    pristine: Debian, words: list[str], says: str
) -> None:
    done = pristine.run("bash", "/root/dist/install.sh", *words, check=False)
    assert done.returncode == 2
    assert says in done.stderr
    assert not pristine.file("/srv/govnet").exists()


def test_the_program_is_roots_and_settings_and_data_are_the_services_alone(installed: Debian) -> None:
    said = installed.run("stat", "--format=%U %a", "/srv/govnet/venv/bin/govnet", "/etc/govnet/settings.env", "/srv/govnet/data",
                         "/var/backups/govnet", "/srv/govnet/data/govnet.db").stdout.split("\n")  # fmt: skip
    assert said[:4] == ["root 755", "govnet 600", "govnet 700", "govnet 700"]
    assert said[4].startswith("govnet 6")
    assert (
        installed.run("systemctl", "is-enabled", "govnet", "govnet-backup.timer").stdout
        == "enabled\nenabled\n"
    )
    assert "syntax is ok" in installed.run("nginx", "-t").stderr


def test_calling_it_again_changes_nothing(installed: Debian) -> None:
    def state() -> dict[str, str]:
        paths = [
            path
            for folder in ("etc", "srv/govnet/data", "usr/local/bin")
            for path in installed.file(folder).rglob("*")
        ]
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths
                if path.is_file() and not path.is_symlink()}  # fmt: skip

    before = state()
    said = installed.run(*INSTALL, *MAIL).stdout
    assert "exists already and was not changed" in said
    assert state() == before


def founded(machine: Debian) -> None:
    machine.run("install", "-m", "644", "/root/network.toml", "/srv/govnet/network.toml")
    machine.run("govnet", "init", "--file", "/srv/govnet/network.toml")


def visited(machine: Debian) -> str:
    """Serve it behind nginx in a network of its own, and have somebody ask for a mail to sign in: what happened."""
    return machine.run("/srv/govnet/venv/bin/python", "/root/visit.py", NAME, alone=True).stdout


def test_it_serves_behind_tls_and_mails_a_link_and_backs_up_and_comes_back(
    installed: Debian, tmp_path_factory: pytest.TempPathFactory
) -> None:
    founded(installed)
    said = visited(installed)
    assert "home 200" in said
    assert "sign-in mail: " in said
    nightly = re.search(r"^ExecStart=(.*)$", (DEPLOY / "govnet-backup.service").read_text(), re.M)
    assert nightly is not None
    installed.run(
        "runuser",
        "-u",
        "govnet",
        "--",
        "env",
        "GOVNET_SETTINGS=/etc/govnet/settings.env",
        *nightly[1].split(),
    )
    (backup,) = installed.file("/var/backups/govnet").glob("*.tar.gz")
    other = installed.copy(tmp_path_factory.mktemp("other") / "root")
    shutil.rmtree(other.file("/srv/govnet/data"))
    other.run("install", "-d", "-m", "700", "-o", "govnet", "/srv/govnet/data")
    back = other.run("govnet", "restore", f"/var/backups/govnet/{backup.name}", check=False)
    assert "is in place" in back.stdout, back.stdout + back.stderr
    assert "whole" in other.run("govnet", "verify").stdout


def test_mail_for_the_replies_address_goes_to_the_worker_and_no_other_does(
    installed: Debian, tmp_path_factory: pytest.TempPathFactory
) -> None:
    machine = installed.copy(tmp_path_factory.mktemp("postfix") / "root")
    machine.run(*INSTALL, "--replies", *MAIL)
    asked = {name: ["postmap", "-q", f"{name}@{NAME}", "regexp:/etc/postfix/govnet-recipients"]
             for name in ("replies+question-" + "a" * 30, "replies", "replies+question-a", "somebody")}  # fmt: skip
    answers = {name: machine.run(*words, check=False).stdout.strip() for name, words in asked.items()}
    assert list(answers.values()) == ["OK", "", "", ""]
    transport = machine.run(
        "postmap", "-q", f"replies+a@{NAME}", "regexp:/etc/postfix/govnet-transport"
    ).stdout
    assert transport == "lmtp:inet:127.0.0.1:8024\n"
    assert machine.run("postconf", "-h", "relay_domains").stdout == f"{NAME}\n"
    settings = machine.file("/etc/govnet/settings.env").read_text()
    assert f"MAIL_REPLIES=replies+{{token}}@{NAME}\nLMTP_LISTEN=127.0.0.1:8024\n" in settings
    machine.run("postfix", "check")
    machine.run(*INSTALL, "--replies", *MAIL)
    assert machine.file("/etc/govnet/settings.env").read_text() == settings


def offered(machine: Debian, folder: Path, **how: str) -> None:
    shutil.rmtree(machine.file("/root/new"), ignore_errors=True)
    shutil.copytree(release(folder, **how), machine.file("/root/new"))


def test_an_upgrade_changes_over_and_one_that_fails_is_taken_back(
    installed: Debian, tmp_path_factory: pytest.TempPathFactory
) -> None:
    machine = installed.copy(tmp_path_factory.mktemp("upgraded") / "root")
    if "uk:" not in machine.run("govnet", "verify", check=False).stdout:
        founded(machine)
    offered(machine, tmp_path_factory.mktemp("good"), version="0.2.1", migrations=(FINE,))
    said = machine.run("bash", "/root/new/upgrade.sh").stdout
    assert "The new release is running." in said
    assert machine.run("govnet", "--version").stdout == "govnet 0.2.1\n"
    assert "uk:" in machine.run("govnet", "verify").stdout
    assert "It is installed already." in machine.run("bash", "/root/new/upgrade.sh").stdout

    offered(machine, tmp_path_factory.mktemp("bad"), version="0.2.2", migrations=(FINE, FAILS))
    failed = machine.run("bash", "/root/new/upgrade.sh", check=False)
    assert failed.returncode == 2, failed.stdout + failed.stderr
    assert "was taken back" in failed.stderr
    assert machine.run("govnet", "--version").stdout == "govnet 0.2.1\n"
    assert "uk:" in machine.run("govnet", "verify").stdout
    assert "home 200" in visited(machine)


def test_the_database_of_the_first_release_is_upgraded(
    installed: Debian, tmp_path_factory: pytest.TempPathFactory
) -> None:
    machine = installed.copy(tmp_path_factory.mktemp("older") / "root")
    folder = tmp_path_factory.mktemp("of-0.2.0")
    app = create_app({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder}/govnet.db", "DATA_DIR": str(folder)})
    with app.app_context():
        dumps.load("0021")
        db.session.remove()
        db.engine.dispose()
    for old in machine.file("/srv/govnet/data").glob("govnet.db*"):
        old.unlink()
    shutil.copy(folder / "govnet.db", machine.file("/root/govnet.db"))
    machine.run(
        "install",
        "-o",
        "govnet",
        "-g",
        "govnet",
        "-m",
        "600",
        "/root/govnet.db",
        "/srv/govnet/data/govnet.db",
    )
    assert "govnet upgrade" in machine.run("govnet", "verify", check=False).stderr
    said = machine.run("govnet", "upgrade").stdout
    assert "Backed up to" in said
    assert "whole" in machine.run("govnet", "verify").stdout
    assert "home 200" in visited(machine)


def test_the_commands_of_the_guide_lead_to_a_network_as_they_are_printed(
    pristine: Debian, tmp_path_factory: pytest.TempPathFactory
) -> None:
    machine = pristine.copy(tmp_path_factory.mktemp("guide") / "root")
    machine.run("apt-get", "update", "-qq")
    machine.run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "python3-venv", "nginx-light",
                DEBIAN_FRONTEND="noninteractive")  # fmt: skip
    guide = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    printed = blocks(guide.split("## 1. One machine")[1].split("\n## 2. ")[0])
    done = []
    for block in printed:
        if (
            block.strip()
            == "sudo -u govnet /srv/govnet/venv/bin/govnet init --settings /etc/govnet/settings.env"
        ):
            assert (
                "--site-url" in machine.shell(f"cd /root/dist\n{block}", check=False).stderr
            )  # a terminal would be asked
        elif "govnet doctor" in block:
            said = machine.shell(f"set +e\n{block}\ntrue").stdout
            assert "looks after the server" in said
            assert "ok    database" in said
        elif "install.sh" in block:
            continue  # the way of the other tests
        elif "caddy" in block:
            machine.file("/root/govnet-deploy/nginx.conf").write_text(
                _here(machine.file("/root/govnet-deploy/nginx.conf"))
            )
            machine.shell(
                f"cd /root/govnet-deploy\n{next(line for line in block.splitlines() if 'nginx' in line)}"
            )
        else:
            machine.shell(f"cd /root/dist\n{block}")
        machine.file("/srv/govnet/relay-password").write_text("of the relay\n")
        done.append(block)
    assert len(done) >= 6
    founded(machine)
    shutil.copy(machine.file("/root/ca.pem"), machine.file("/usr/local/share/ca-certificates/local.crt"))
    machine.run("update-ca-certificates")  # what the relay shows is believed
    said = visited(machine)
    assert "home 200" in said
    assert "sign-in mail: " in said


def _here(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    text = text.replace(f"/etc/letsencrypt/live/{NAME}/fullchain.pem", "/root/site.pem")
    return text.replace(f"/etc/letsencrypt/live/{NAME}/privkey.pem", "/root/site.key")


@pytest.fixture(scope="module", autouse=True)
def as_root() -> None:
    assert os.getuid() == 0, "make test-install needs root: it makes a root folder and changes into it"
