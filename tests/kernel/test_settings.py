"""Every setting, wrong in every way, is one sentence that names it and shows an example."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from govnet.kernel.settings import ConfigError, Setting, load_config

config = load_config()
STRANGERS = {
    "GOVNET_ENV": "production",
    "SECRET_KEY": "s" * 64,
    "MAIL_KEY": "m" * 64,
    "SITE_URL": "https://network.example.org",
    "GOVNET_DATA": "/srv/govnet/data",
    "MAIL_DOMAIN": "network.example.org",
}
BESIDE = {"LMTP_LISTEN": {"MAIL_REPLIES": "replies+{token}@network.example.org"}}
"""Settings that one needs."""
ODD = {
    "empty": "",
    "dots": "...",
    "changeme": "changeme",
    "angles": "<here>",
    "quoted": '"x"',
    "single": "'x'",
    "comment": "1 # the first",
    "guide's comment": "...      # python3 -c 'import secrets'",
    "blank": " 1 ",
    "tab": "1\t",
    "lines": "1\n2",
    "nul": "1\0",
    "CR": "1\r",
}
WRONG = {
    "GOVNET_ENV": ["prod", "Production", "staging", "1"],
    "SECRET_KEY": ["short", "s" * 31, "a b" * 20],
    "MAIL_KEY": ["short", "m" * 31],
    "SITE_URL": ["network.example.org", "ftp://a.example.org", "https://", "https://a.example.org/govnet", "http://a.example.org",
                 "https://a b", "https://[", "https://a.example.org:0", "https://a.example.org:99999", "https://kit:pw@a.example.org",
                 "https://a.example.org?x", "https://a_b.example.org"],
    "GOVNET_DATA": ["data", "~/data"],
    "DATABASE_URL": ["banana", "mysql://u:geheim@h/d", "postgresql://", "postgresql://u:geheim@h", "postgresql://u:geheim@h:port/d",
                     "sqlite:///near.db", "sqlite://", "postgresql://u:...@h/d", "postgresql://u:PASSWORD@h/d", "://",
                     "postgresql://u@h/d?password=geheim", "postgresql+asyncpg://u:geheim@h/d"],
    "REDIS_URL": ["banana", "localhost:6379", "redis://", "redis://h:port/0", "redis://h:0", "redis://h:99999/0", "redis://h/first",
                  "redis://:...@h/0", "rediss://h/0?ssl_check_hostname=perhaps_geheim&nonsense=1", "unix:"],
    "MAIL_SERVER": ["smtp example", "http://smtp.example.org", "smtp..example.org", "-a", "999.1.1.1", "smtp.example.org:587"],
    "MAIL_PORT": ["smtp", "0", "65536", "-1", "5e2", "587.0", "9" * 5_000, "٥٨٧"],
    "MAIL_USE_TLS": ["2", "starttls", "-1", "ja"],
    "MAIL_USE_SSL": ["2", "tls"],
    "MAIL_DOMAIN": ["network", "@example.org", "a b.example.org", "kit@example.org", "example..org", "127.0.0.1"],
    "MAIL_RATE": ["fast", "-1", "1.5", "10000000"],
    "MAIL_RETURN_PATH": ["bounces", "bounces+{token}", "a b@example.org"],
    "MAIL_REPLIES": ["replies", "replies@example.org", "replies+{token}", "Replies {token}@example.org"],
    "LMTP_LISTEN": ["8024", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:smtp", "0.0.0.0:8024", "[::]:8024", "93.184.216.34:8024",
                    "mail.example.org:8024", "unix:lmtp", "unix:"],
    "MAIL_TIMEOUT": ["soon", "0", "-3", "601", "nan", "inf", "1e9"],
    "PORT": ["http", "0", "65536"],
    "WEB_PROCESSES": ["all", "0", "65"],
    "TRUSTED_PROXIES": ["one", "-1", "17", "yes"],
    "PROXY_ADDRESSES": ["proxy.example.org", "10.0.0.0/99", ",", "10.0.0.1;10.0.0.2"],
    "MORE_HOSTS": ["https://www.example.org", ",", "a_b"],
    "HSTS_SUBDOMAINS": ["2", "all"],
    "SECURITY_CONTACT": ["security", "http://example.org/security", "mailto:", "https://"],
    "LOG_LEVEL": ["loud", "INFO", "10"],
    "METRICS_TOKEN": ["short", "m" * 31],
    "GOVNET_DEMO": ["2", "1"],
    "GOVNET_CLOCK_FILE": ["/tmp/clock"],
    "GOVNET_SETTINGS": ["/nowhere/settings.env", "/"],
}  # fmt: skip
CASES = [
    *((row, name, value) for row in config.TABLE for name, value in ODD.items()),
    *((row, value[:40], value) for row in config.TABLE for value in WRONG.get(row.name, ())),
]


def troubles(environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as raised:
        config.load(environ)
    return raised.value.troubles


@pytest.mark.parametrize(("row", "name", "value"), CASES, ids=[f"{r.name}-{n}" for r, n, _v in CASES])
def test_a_wrong_setting_is_one_sentence_with_an_example(row: Setting, name: str, value: str) -> None:
    (sentence,) = troubles({**STRANGERS, row.name: value})
    assert row.name in sentence or value in sentence
    assert "\n" not in sentence
    assert len(sentence) < 400
    if name in ODD:
        assert sentence.startswith(f"{row.name} ")
        assert row.example in sentence
    assert "geheim" not in sentence
    if row.kind.secret and len(value) > 4:
        assert value not in sentence.split("example")[0]


def test_every_setting_has_wrong_values_here() -> None:
    asked = {row.name for row in config.TABLE}
    assert asked - set(WRONG) == {"MAIL_USERNAME", "MAIL_PASSWORD"}, "nearly anything can be one of these"


@pytest.mark.parametrize("row", [row for row in config.TABLE if row.needed], ids=lambda row: row.name)
def test_settings_that_production_needs_are_named(row: Setting) -> None:
    (sentence,) = troubles({name: value for name, value in STRANGERS.items() if name != row.name})
    assert sentence.startswith(f"{row.name} is missing: ")
    assert row.example in sentence


@pytest.mark.parametrize("row", config.TABLE, ids=lambda row: row.name)
def test_its_own_example_is_right(row: Setting, tmp_path: Path) -> None:
    """But for keys and passwords, which nobody should copy."""
    if "PASSWORD" in row.example or row.example.startswith("python3"):
        assert row.kind.secret
        return
    if row.name == "GOVNET_SETTINGS":
        assert row.fault(row.example) == ""
        return
    base = {} if row.hidden else {**STRANGERS, **BESIDE.get(row.name, {})}
    assert config.load({**base, row.name: row.example})


def test_a_door_for_mail_needs_addresses_to_which_mail_comes() -> None:
    (sentence,) = troubles({**STRANGERS, "LMTP_LISTEN": "127.0.0.1:8024"})
    assert sentence.startswith("MAIL_REPLIES is missing, and LMTP_LISTEN is set")


def test_all_mistakes_are_named_at_once() -> None:
    said = troubles({"GOVNET_ENV": "production", "MAIL_PORT": "smtp", "MAIL_RATE": "-1", "MAIL_KEY": "..."})
    assert [sentence.split()[0] for sentence in said] == [
        "SECRET_KEY", "MAIL_KEY", "SITE_URL", "GOVNET_DATA", "MAIL_PORT", "MAIL_DOMAIN", "MAIL_RATE",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("MAIL_SEVER", "MAIL_SERVER"),
        ("MAIL_PASS", "MAIL_PASSWORD"),
        ("MAIL_USER", "MAIL_USERNAME"),
        ("MAIL_USETLS", "MAIL_USE_TLS"),
        ("GOVNET_DATAS", "GOVNET_DATA"),
        ("GOVNET_ENVIRONMENT", "GOVNET_ENV"),
        ("GOVNET_SECRET_KEY", "SECRET_KEY"),
        ("GOVNET_SETTING", "GOVNET_SETTINGS"),
    ],
)
def test_a_name_that_is_nearly_a_setting_is_asked_about(name: str, meant: str) -> None:
    (sentence,) = troubles({name: "1"})
    assert re.search(rf"{name} .*do you mean {meant}\b", sentence)


@pytest.mark.parametrize(
    "name", ["MAIL", "MAILCHECK", "GOVNET_SERVICE_HOST", "GOVNET_PORT", "MAIL_PORT_25_TCP", "LANG"]
)
def test_other_programs_variables_in_the_environment_are_left_alone(name: str) -> None:
    assert config.load({name: "tcp://10.0.0.1:5000"})


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    path = tmp_path / "s.env"
    path.write_text("MAIL_PORT=587\nMAIL_SERVER='smtp.example.org'\n")
    path.chmod(0o600)
    found = config.load({"GOVNET_SETTINGS": str(path), "MAIL_PORT": "25"})
    assert (found.MAIL_PORT, found.MAIL_SERVER) == (25, "smtp.example.org")


def test_a_name_in_the_file_that_is_no_setting_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.env"
    path.write_text("MAIL_SEVER=smtp.example.org\nTZ=UTC\n")
    first, second = troubles({"GOVNET_SETTINGS": str(path)})
    assert "MAIL_SEVER is not a setting of govnet: do you mean MAIL_SERVER" in first
    assert "TZ is not a setting of govnet" in second


def test_a_setting_in_an_unreadable_line_is_not_called_missing(tmp_path: Path) -> None:
    path = tmp_path / "s.env"
    lines = [f"{name}={value}" for name, value in STRANGERS.items()]
    path.write_text("\n".join(lines).replace("s" * 64, "s" * 64 + "  # a comment") + "\n")
    path.chmod(0o600)
    (sentence,) = troubles({"GOVNET_SETTINGS": str(path)})
    assert sentence.startswith("Line 2 of ")
    (sentence,) = troubles({"GOVNET_SETTINGS": str(tmp_path / "none.env"), "GOVNET_ENV": "production"})
    assert "none.env cannot be read" in sentence


def test_production_refuses_a_file_that_everybody_can_read(tmp_path: Path) -> None:
    path = tmp_path / "s.env"
    path.write_text("".join(f"{name}={value}\n" for name, value in STRANGERS.items()))
    for mode, well in ((0o600, True), (0o640, True), (0o644, False), (0o642, False)):
        path.chmod(mode)
        if well:
            assert config.load({"GOVNET_SETTINGS": str(path)}).production
        else:
            (sentence,) = troubles({"GOVNET_SETTINGS": str(path)})
            assert (
                sentence
                == f"GOVNET_SETTINGS names {path}, which everybody on this machine can read: chmod o= {path}"
            )


def test_settings_that_are_wrong_together_are_named_both() -> None:
    assert "MAIL_USE_TLS and MAIL_USE_SSL" in troubles({"MAIL_USE_TLS": "1", "MAIL_USE_SSL": "1"})[0]
    assert "MAIL_USERNAME is missing" in troubles({"MAIL_PASSWORD": "x"})[0]


def test_every_setting_has_its_field() -> None:
    known = {field.name for field in fields(config.Config)}
    assert {row.field or row.name for row in config.TABLE} <= known
