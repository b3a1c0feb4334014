"""The settings file says the same to a shell, to systemd and to govnet, or is refused with its line."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from govnet.kernel.settings import load_config
from govnet.kernel.settings_file import LARGEST, parse, quoted, read, write

NAMES = [row.name for row in load_config().TABLE]
ODD = "'\"\\$`#;&|<>()*?[]{}~!=: \t%^a1é\u00a0😀-_./,@+"
WRITTEN = st.text(st.sampled_from(ODD), max_size=12) | st.text(max_size=8)
VALUE = WRITTEN.filter(str.isprintable)
LINE = st.one_of(
    st.builds("{}={}".format, st.sampled_from(NAMES), WRITTEN),
    st.builds("{}='{}'".format, st.sampled_from(NAMES), WRITTEN),
    st.builds('{}="{}"'.format, st.sampled_from(NAMES), WRITTEN),
    st.builds("#{}".format, WRITTEN),
    st.builds("{}{}={}{}".format, WRITTEN, st.sampled_from(NAMES), WRITTEN, WRITTEN),
    st.just(""),
)


def by_a_shell(raw: bytes, names: list[str], folder: Path) -> dict[str, str]:
    """The environment of a command that sh starts after `set -a; . file`."""
    (folder / "settings.env").write_bytes(raw)
    done = subprocess.run(
        ["/bin/sh", "-c", "set -eau; . ./settings.env; exec env -0"],
        cwd=folder,
        env={"LANG": "C.UTF-8"},
        capture_output=True,
        check=True,
    )
    assert not done.stderr
    found = dict(pair.split("=", 1) for pair in done.stdout.decode().split("\0") if pair)
    return {name: found[name] for name in names if name in found}


def by_systemd(text: str) -> dict[str, str]:
    """The result of systemd's parser (src/basic/env-file.c, parse_env_file_internal, since v240)."""
    values: dict[str, str] = {}
    state, key, value, blanks = "pre key", "", "", 0

    def end() -> None:
        values[key.rstrip(" \t")] = value[: len(value) - blanks] if state == "value" else value

    for c in text:
        if state == "pre key":
            if c in "#;":
                state = "comment"
            elif c not in " \t\r\n":
                state, key, value, blanks = "key", c, "", 0
        elif state == "key":
            if c in "\r\n":
                state = "pre key"
            elif c == "=":
                state = "pre value"
            else:
                key += c
        elif state == "pre value":
            if c in "\r\n":
                end()
                state = "pre key"
            elif c in "'\"":
                state = c
            elif c == "\\":
                state = "escape"
            elif c not in " \t":
                state, value = "value", value + c
        elif state == "value":
            if c in "\r\n":
                end()
                state = "pre key"
            elif c == "\\":
                state, blanks = "escape", 0
            else:
                blanks = blanks + 1 if c in " \t" else 0
                value += c
        elif state == "escape":
            state = "value"
            value += c if c not in "\r\n" else ""
        elif state == "'":
            state, value = ("pre value", value) if c == "'" else (state, value + c)
        elif state == '"':
            if c == '"':
                state = "pre value"
            elif c == "\\":
                state = '"\\'
            else:
                value += c
        elif state == '"\\':
            state = '"'
            value += c if c in '"\\`$' else "" if c == "\n" else "\\" + c
        elif state == "comment":
            state = "comment escape" if c == "\\" else "pre key" if c in "\r\n" else state
        elif state == "comment escape":
            state = "comment"
    return values


@settings(max_examples=400)
@given(lines=st.lists(LINE, max_size=4))
@example(lines=["MAIL_PASSWORD='a$b `c` \"d\"'", "# MAIL_PORT=25 ' \" $(false)"])
@example(lines=['MAIL_PASSWORD="a\\$b \\` \\" \\\\"  \t', "  MAIL_PORT=25"])
@example(lines=["MAIL_REPLIES=replies+{token}@example.org", "MAIL_PASSWORD="])
def test_accepted_settings_are_read_alike_by_a_shell_and_systemd(
    lines: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    raw = ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")
    found = parse(raw)
    if found.troubles:
        assert all("settings.env" in one and "\n" not in one for one in found.troubles)
        return
    folder = tmp_path_factory.mktemp("shell")
    assert dict(found.values) == by_a_shell(raw, NAMES, folder) == by_systemd(raw.decode())


@settings(max_examples=200)
@given(values=st.dictionaries(st.sampled_from(NAMES), VALUE, min_size=1))
def test_a_written_value_is_found_again_by_every_reader(
    values: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("written")
    write(folder / "made.env", [f"{name}={quoted(value)}" for name, value in values.items()])
    found = read(str(folder / "made.env"))
    assert (found.values, found.troubles) == (values, ())
    assert values == by_a_shell((folder / "made.env").read_bytes(), NAMES, folder)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"SECRET_KEY=abc   # made today", "has a comment after SECRET_KEY"),
        (b"SECRET_KEY='abc' # made today", "has a comment after SECRET_KEY"),
        (b"export MAIL_PORT=25", "begins with \u201cexport\u201d"),
        (b"MAIL_PORT =25", "blank before the ="),
        (b"MAIL_PORT= 25", "blank after the ="),
        (b"MAIL_PORT", "not of the form KEY=value"),
        (b"mail_port=25", "not of the form KEY=value"),
        (b"MAIL_PASSWORD='abc", "do not go round all of it"),
        (b'MAIL_PASSWORD="abc', "do not go round all of it"),
        (b"MAIL_PASSWORD=ab'c'", "do not go round all of it"),
        (b"MAIL_PASSWORD=a$b", "a shell would expand"),
        (b'MAIL_PASSWORD="a$b"', "a shell would expand"),
        (b"MAIL_PASSWORD=`id`", "a shell would expand"),
        (b"MAIL_PASSWORD=a b", "need quotation marks"),
        (b"MAIL_PASSWORD=a;b", "need quotation marks"),
        (b"MAIL_PASSWORD=a\\b", "backslash"),
        (b"MAIL_PASSWORD='a\\b'", "backslash"),
        (b"MAIL_PASSWORD='a''b'", "quotation mark"),
        (b"MAIL_PORT=25\r", "as on Windows"),
        (b"MAIL_PASSWORD='\xff'", "not UTF-8"),
        (b"\xef\xbb\xbfMAIL_PORT=25", "byte order mark"),
        (b"MAIL_PASSWORD='a\tb'", "not shown"),
        (b"MAIL_PASSWORD='a\0b'", "not shown"),
        (b"# goes on \\", "ends in a backslash"),
        (b"; a comment of systemd", "not of the form KEY=value"),
    ],
)
def test_a_value_that_readers_would_read_otherwise_is_refused_with_its_line(line: bytes, why: str) -> None:
    found = parse(b"# the relay\nMAIL_SERVER=smtp.example.org\n" + line + b"\nMAIL_RATE=3\n", "/etc/s.env")
    (trouble,) = found.troubles
    assert trouble.startswith("Line 3 of /etc/s.env ")
    assert why in trouble
    assert found.values == {"MAIL_SERVER": "smtp.example.org", "MAIL_RATE": "3"}
    assert "abc" not in trouble


def test_a_setting_given_twice_is_named_with_both_lines() -> None:
    (trouble,) = parse(b"MAIL_PORT=25\n\nMAIL_PORT=587\n").troubles
    assert "Line 3 " in trouble
    assert "line 1 " in trouble


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "large.env").write_bytes(b"#" * (LARGEST + 1))
    for name, words in (("none.env", "govnet init --settings"), (".", "directory"), ("large.env", "64 KB")):
        (trouble,) = read(str(tmp_path / name)).troubles
        assert words in trouble
        assert str(tmp_path / name) in trouble


def test_a_file_is_made_for_its_owner_only_and_never_made_over(tmp_path: Path) -> None:
    made = tmp_path / "settings.env"
    write(made, ["MAIL_PORT=587"])
    assert made.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        write(made, ["MAIL_PORT=25"])
    assert made.read_text() == "MAIL_PORT=587\n"
    assert [path.name for path in tmp_path.iterdir()] == ["settings.env"]
