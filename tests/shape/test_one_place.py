"""One place for each thing: commits, the clock, mail, and what a file should hold."""

from __future__ import annotations

import ast
import re

import pytest

from tests.shape import source

FILES = source.files()
COMMITS = {"kernel/transaction.py"}
ROLLBACKS = COMMITS | {"web/refusals.py"}


def calls(path, *names):
    """The dotted calls in a file that end in one of the names."""
    for node in ast.walk(source.tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield ast.unparse(node.func)


@pytest.mark.parametrize("path", FILES, ids=source.name)
def test_only_the_transaction_commits_and_rolls_back(path):
    commits = [c for c in calls(path, "commit") if "session" in c]
    assert not commits or source.name(path) in COMMITS, f"{source.name(path)} commits"
    rollbacks = [c for c in calls(path, "rollback") if "session" in c]
    assert not rollbacks or source.name(path) in ROLLBACKS, f"{source.name(path)} rolls back"


VIEWS = [path for path in FILES if path.stem == "views" or path.stem.endswith("_views")]
BEGIN_THEMSELVES = {
    "accounts/sign_in_views.py",  # a session begins or ends with it, and limits answer with 429 and 503
    "accounts/data_views.py",  # links in mails about an address, which answer 410 once they have ended
    "demo/views.py",  # the visitor becomes somebody else
    "mail/preferences/views.py",  # a mail program's own button, and forms without a key
}
"""Views that begin a transaction by themselves, and what web/form_view cannot say of them."""


@pytest.mark.parametrize("path", VIEWS, ids=source.name)
def test_views_write_behind_a_form_or_a_button(path):
    begins = {"govnet.kernel.transaction.transaction", "govnet.web.forms.once"} & source.imported(path)
    assert bool(begins) is (source.name(path) in BEGIN_THEMSELVES), f"{source.name(path)}: form_view or press"


@pytest.mark.parametrize("path", FILES, ids=source.name)
def test_time_comes_from_the_clock(path):
    if source.name(path) == "kernel/clock.py":
        return
    asked = [c for c in calls(path, "now", "utcnow", "today") if c.split(".")[0] in ("datetime", "date")]
    assert not asked, f"{source.name(path)} asks {asked}"


WRITERS = {
    "kernel/files.py",
    "operations/backups/backup_file.py",  # into a workshop, and gone with it
    "operations/backups/database_copies.py",  # the same, and the database itself
    "operations/backups/erasure_file.py",  # adds lines, and mends one that was torn
    "operations/release_cli.py",  # into a workshop, which then gets its name
    "mail/incoming/lmtp_listener.py",  # a lock: empty, and held by the system
    "demo/cli.py",  # the mark of a demo's folder, for which its name is enough
    "demo/mailbox.py",  # a demo's mailbox: thousands of mails, whose numbers stand under a hidden name first
}
"""The files that write without kernel/files, and why a full disk or a kill leaves nothing half done there."""
READS = {"which", "rmtree", "disk_usage", "get_terminal_size"}


def writes(path):
    """The calls in a file that open, make, copy or rename a file by themselves."""
    for node in ast.walk(source.tree(path)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        room, _, last = called.rpartition(".")
        if last in ("open", "fdopen"):
            mode = [*node.args, *(each.value for each in node.keywords)]
            said = " ".join(ast.unparse(each) for each in mode)
            found = re.search(r"O_(WRONLY|RDWR|CREAT|APPEND)|(?<!\w)b?'[rbt]*[wax+][wax+bt]*'", said)
        else:
            found = (
                last in ("write_text", "write_bytes", "touch", "symlink_to", "hardlink_to")
                or room == "tempfile"
                or (room == "shutil" and last not in READS)
                or called in ("os.rename", "os.replace", "os.link")
            )
        if found:
            yield ast.unparse(node)[:80]


@pytest.mark.parametrize("path", FILES, ids=source.name)
def test_files_are_written_in_one_place(path):
    found = list(writes(path))
    assert not found or source.name(path) in WRITERS, f"{found}: kernel.files.whole"


@pytest.mark.parametrize("path", FILES, ids=source.name)
def test_answers_are_put_in_by_one_function(path):
    """By whatever hand and door it comes: only there it is kept, sealed, recorded and let count."""
    made = re.findall(r"(?<![\w.])(?:Answer|PastAnswer)\(", re.sub(r"class \w+\(.*", "", path.read_text()))
    assert not made or source.name(path) == "decisions/answers/actions.py"


@pytest.mark.parametrize("path", FILES, ids=source.name)
def test_aliases_of_tables_are_made_once(path):
    if source.name(path) == "kernel/statements.py":
        return
    assert "aliased(" not in path.read_text(), (
        f"{source.name(path)} makes an alias: kernel.statements.another"
    )


def portions(tree):
    """The numbers that a loop or comprehension steps through where a slice begins with them, and what else cuts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            steps = isinstance(node.iter, ast.Call) and ast.unparse(node.iter.func) == "range"
            if steps and len(node.iter.args) == 3:
                at = ast.unparse(node.target)
                yield from (
                    ast.unparse(cut)
                    for cut in ast.walk(tree)
                    if isinstance(cut, ast.Slice) and cut.lower is not None and ast.unparse(cut.lower) == at
                )
        elif isinstance(node, ast.Attribute | ast.Name | ast.alias):
            named = {ast.Attribute: "attr", ast.Name: "id", ast.alias: "name"}[type(node)]
            if getattr(node, named) == "batched":
                yield "batched"


@pytest.mark.parametrize(
    "loop",
    [
        "for n in range(0, len(keys), 900):\n    do(keys[n : n + 900])",
        "parts = [keys[n : n + MANY] for n in range(0, len(keys), MANY)]",
        "for n in range(1, most, step):\n    do(keys[n:][:step])",
        "from itertools import batched",
        "parts = itertools.batched(keys, 900)",
    ],
)
def test_a_loop_over_portions_is_seen(loop):
    assert list(portions(ast.parse(loop)))


@pytest.mark.parametrize("path", FILES, ids=source.name)
def test_keys_are_portioned_in_one_place(path):
    if source.name(path) != "kernel/statements.py":
        found = list(portions(source.tree(path)))
        assert not found, f"{source.name(path)} cuts {found}: kernel.statements.chunks"


@pytest.mark.parametrize("path", FILES, ids=source.name)
def test_numbers_in_addresses_and_hidden_ids_are_bounded_in_one_place(path):
    if source.name(path) in ("kernel/url_converters.py", "web/forms.py"):
        return
    text = path.read_text()
    assert "type=int" not in text, (
        f"{source.name(path)} reads a number itself: kernel.url_converters.asked_number"
    )
    assert "IntegerField(" not in text, f"{source.name(path)} takes any number: web.forms.HiddenId"


@pytest.mark.parametrize("path", FILES, ids=source.name)
def test_files_and_functions_are_short(path):
    """Signs, not targets: a file is split where it holds two things, not where it is long."""
    lines = len(path.read_text().splitlines())
    assert lines <= 450, f"{source.name(path)} has {lines} lines: usually two things"
    for node in ast.walk(source.tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= 60, f"{source.name(path)}: {node.name} has {length} lines"


@pytest.mark.parametrize("path", FILES, ids=source.name)
def test_every_module_and_public_promise_has_a_docstring(path):
    tree = source.tree(path)
    assert ast.get_docstring(tree), f"{source.name(path)} has no docstring"
    if path.stem not in ("actions", "rules", "queries"):
        return
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{source.name(path)}: {node.name} promises nothing"


WORDS_AND_PAGES = {"views", "forms", "rules", "labels", "events", "notify", "page", "listeners"}
"""Files that show, name or judge: statements stand with the queries and the acts, and acts alone are recorded."""
STATEMENTS = {"select", "insert", "update", "delete", "upsert"}
RECORDS = {*STATEMENTS, "record"}
READERS = {"queries", "search", "audit", "models"}


def _calls(path):
    """The names of the functions that a file calls and does not define itself."""
    tree = source.tree(path)
    own = {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}
    return {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    } - own


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.stem.split("_")[-1] in WORDS_AND_PAGES], ids=source.name
)
def test_pages_words_and_rules_ask_no_table_and_record_nothing(path):
    assert not _calls(path) & RECORDS, source.name(path)


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.stem.split("_")[-1] in READERS], ids=source.name
)
def test_reading_records_nothing(path):
    assert not _calls(path) & {"record", "insert", "update", "delete", "upsert", "transaction"}, source.name(
        path
    )


def test_actions_ask_for_the_right_themselves():
    for path in (p for p in FILES if p.name == "actions.py" and source.feature(p) not in ("record", "mail")):
        text = path.read_text()
        if "by: Actor" in text:
            assert "require(" in text or "check_right(" in text, (
                f"{source.name(path)} takes an actor and never asks the table"
            )


@pytest.mark.parametrize("path", source.files(), ids=source.name)
def test_one_file_decides_whether_text_is_an_address(path):
    others = {"email_validator", "wtforms.validators.Email", "wtforms.EmailField"}
    if source.name(path) != "people/addresses.py":
        assert not source.imported(path) & others, source.name(path)
