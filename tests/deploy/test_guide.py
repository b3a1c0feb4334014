"""Every command in the documents, in deploy/ and in the program's own messages exists, with its options."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from govnet.cli import COMMANDS, main
from govnet.kernel.settings import load_config
from tests.commands import trouble_with
from tests.deploy.files import DEPLOY, ROOT
from tests.shape.source import PACKAGE, files

TEXTS = sorted(
    [*(ROOT / "docs").rglob("*.md"), *(ROOT / f"{name}.md" for name in ("README", "SECURITY", "CHANGELOG"))]
)
NAMES = [str(path.relative_to(ROOT)) for path in TEXTS]
BEFORE = re.compile(
    r"^(?:sudo (?:-u \w+ |--preserve-env=\w+ )*|exec |[A-Z_]+=\S+ |docker compose (?:run --rm web (?=\w)|exec web ))*"
)
"""The parts that may come before the program's name in a line of shell."""
MENTION = re.compile(r"(?<![\w/.-])(?<!-u )(?<!-o )(?<!-g )govnet ([^`”\"\n]+)")
"""The program's name and what follows it in a text: a call, or a sentence about it."""
OTHERS = {
    "CI",
    "CHROMIUM",
    "KEEP",
    "PATH",
    "POSTGRES_PASSWORD",
    "PYTHON",
    "SITE_NAME",
    "SOURCE_DATE_EPOCH",
    "WORKERS",
}
"""Names in capitals that make, compose or tests read, and that are no settings of the program."""
MADE_BY_TRANSLATORS = "govnet/translations"
FOLDERS = "docs|tests|deploy|benchmarks|templates|govnet|migrations"


def blocks(text: str) -> list[str]:
    """The blocks of shell in a document, lines that go on joined."""
    return [block.replace("\\\n", " ") for block in re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S)]


def calls(line: str) -> Iterator[list[str]]:
    """Each call of govnet in a line of shell: the words behind the program's name."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|<>()")
    lexer.whitespace_split = True
    command: list[str] = []
    for word in [*lexer, ";"]:
        if word and not set(word) <= set(";&|<>()"):
            command.append(word)
            continue
        within = command[:4] == ["docker", "compose", "run", "--rm"]
        program, *rest = shlex.split(BEFORE.sub("", shlex.join(command))) or [""]
        if within:
            yield [program, *rest]  # the image calls govnet with these
        elif program == "govnet" or program.endswith("bin/govnet"):
            yield rest
        command = []


def as_typed(words: list[str]) -> str | None:
    """The command line's complaint about these words as they are; files that are not here are ignored."""
    if trouble := trouble_with(words):
        return trouble
    command: click.Command = main
    context = click.Context(main, info_name="govnet")
    rest = words[2:] if words[:1] == ["--settings"] else list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        command = command.get_command(context, rest.pop(0)) or command
    try:
        command.make_context("govnet", rest, parent=context)
    except click.exceptions.Exit:
        return None
    except click.UsageError as error:
        return None if "does not exist" in error.format_message() else error.format_message()
    return None


def wrongly_mentioned(text: str) -> Iterator[str]:
    """The calls of govnet in a text that cannot be made. Quoted text is a call; else text that begins with a command is."""
    for match in MENTION.finditer(text):
        quoted = match.start() > 0 and text[match.start() - 1] in "`“"
        words = [word.rstrip(".,:;)|…") for word in match[1].split()]
        words = words[2:] if words[:1] == ["--settings"] else words
        if not words or not (quoted or words[0] in COMMANDS):
            continue
        command = main.get_command(click.Context(main), words[0]) if words[0] in COMMANDS else None
        named = (
            re.fullmatch(r"[a-z-]+", words[1])
            if isinstance(command, click.Group) and len(words) > 1
            else None
        )
        if isinstance(command, click.Group) and not (
            named and (quoted or words[1] in command.list_commands(None))
        ):
            words = words[:1]  # "operator" of a sentence, or an option in the next clause
        elif not quoted:
            words = [word for n, word in enumerate(words) if n < 2 or word.startswith("--")]
        if trouble := trouble_with(words):
            yield f"govnet {match[1]}: {trouble}"


@pytest.mark.parametrize("path", TEXTS, ids=NAMES)
def test_every_command_is_understood_as_it_is_printed(path: Path) -> None:
    wrong = [
        f"{shlex.join(words)}: {trouble}"
        for block in blocks(path.read_text(encoding="utf-8"))
        for line in block.splitlines()
        for words in calls(line)
        if (trouble := as_typed(words))
    ]
    assert wrong == []


def test_the_guide_prints_the_commands_of_an_operator() -> None:
    guide = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    found = [words[0] for block in blocks(guide) for line in block.splitlines() for words in calls(line)]
    assert {"init", "operator", "doctor", "deploy-files", "backup", "restore", "upgrade", "import"} <= set(
        found
    )


@pytest.mark.parametrize("path", TEXTS, ids=NAMES)
def test_every_command_that_a_document_mentions_is_there(path: Path) -> None:
    assert list(wrongly_mentioned(path.read_text(encoding="utf-8"))) == []


def test_every_command_that_a_message_or_a_page_mentions_is_there() -> None:
    said = {str(path): path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.*")}
    for path in (*files(), ROOT / "config.py"):
        strings = [node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                   if isinstance(node, ast.Constant) and isinstance(node.value, str)]  # fmt: skip
        said[str(path)] = "\n".join(strings)
    wrong = [f"{name}: {trouble}" for name, text in said.items() for trouble in wrongly_mentioned(text)]
    assert wrong == []


def test_a_mention_of_a_missing_command_is_found_in_every_form() -> None:
    for text in ("`govnet forget all`", "Begin with: govnet init --gently", "run “govnet upgrade --now”.",
                 "`govnet operator crown`", "govnet operator give --loud a@example.org"):  # fmt: skip
        assert list(wrongly_mentioned(text)), text
    for text in (
        "govnet is a program",
        "only govnet may read it",
        "run “govnet upgrade”.",
        "`govnet --version`",
    ):
        assert not list(wrongly_mentioned(text)), text
    assert as_typed(["backup"]) is not None
    assert [
        *calls("cd /x && sudo -u govnet /srv/bin/govnet init --file a; sudo govnet doctor  # govnet x")
    ] == [
        ["init", "--file", "a"],
        ["doctor"],
    ]


@pytest.mark.parametrize("path", sorted(DEPLOY.iterdir()), ids=lambda path: path.name)
def test_every_command_in_a_file_of_deploy_is_understood(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    found = re.findall(r"bin/govnet[\"']? ([a-z-][^\n|;&)>\"]*)", text)
    wrong = [trouble for words in found if (trouble := trouble_with(shlex.split(words, comments=True)))]
    assert wrong + list(wrongly_mentioned(text)) == []


@pytest.mark.parametrize("path", TEXTS, ids=NAMES)
def test_every_setting_that_a_document_names_is_one(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=[^`]*)?`", text))
    named |= set(re.findall(r"^(?:export )?([A-Z][A-Z0-9_]*)=", "\n".join(blocks(text)), re.M))
    unknown = named - {row.name for row in load_config().TABLE} - OTHERS
    code = "\n".join(source.read_text(encoding="utf-8") for source in files()) if unknown else ""
    assert [name for name in unknown if not re.search(rf"\b{name}\b", code)] == []


@pytest.mark.parametrize("path", TEXTS, ids=NAMES)
def test_every_file_that_a_document_names_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(rf"(?<![\w/.-])((?:{FOLDERS})/[\w./-]*\w)", text))
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text)
    named |= {str((path.parent / link).resolve().relative_to(ROOT)) for link in links}
    missing = [name for name in named if not any([*base.glob(f"{name}*")] for base in (ROOT, PACKAGE))]
    assert [name for name in missing if not name.startswith(MADE_BY_TRANSLATORS)] == []
    ours = set(re.findall(r"`(?:\S*/)?([\w-]+\.(?:sh|conf|yaml|yml|service|timer))`", text))
    ours |= set(
        re.findall(
            r"\b(?<!/)(govnet[\w-]*\.(?:service|timer)|nginx\.conf|Caddyfile|Dockerfile|compose\.yaml)\b",
            text,
        )
    )
    assert [name for name in ours if not (DEPLOY / name).exists()] == []
