"""The application's lists: every module that must be in one is there, and two applications share none of them."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from flask import Flask

from govnet import create_app
from govnet.factory import modules
from govnet.kernel.per_app import PerApp
from tests.shape import source


def _dotted(path: Path) -> str:
    return source.name(path).removesuffix(".py").replace("/", ".")


def _assigns(path: Path, name: str) -> bool:
    """Whether a class of the file gives `name` a value."""
    for each in ast.walk(source.tree(path)):
        for line in each.body if isinstance(each, ast.ClassDef) else ():
            targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
            if getattr(line, "value", None) is not None and any(
                getattr(t, "id", "") == name for t in targets
            ):
                return True
    return False


def _tables() -> set[str]:
    return {_dotted(path) for path in source.files() if _assigns(path, "__tablename__")}


def _pages() -> set[str]:
    return {_dotted(path) for path in source.files() if path.stem == "views" or path.stem.endswith("_views")}


def _events() -> set[str]:
    tables = _tables()  # of which one has a column of that name
    return {_dotted(path) for path in source.files() if _assigns(path, "verb")} - tables


def _listeners() -> set[str]:
    found = (path for path in source.files() if path.stem in ("listeners", "notify", "audit"))
    binds = (
        path for path in found if any(getattr(each, "name", "") == "bind" for each in source.tree(path).body)
    )
    return {_dotted(path) for path in binds}


@pytest.mark.parametrize(
    ("listed", "there"),
    [
        (modules.MODELS, _tables()),
        (modules.EVENTS, _events()),
        (modules.LISTENERS, _listeners()),
        (modules.VIEWS, _pages()),
    ],
    ids=["models", "events", "listeners", "views"],
)
def test_every_such_module_is_in_its_list_once(listed: tuple[str, ...], there: set[str]) -> None:
    assert there
    assert set(listed) == there
    assert len(listed) == len(set(listed))


def _registers() -> dict[str, PerApp[object]]:
    loaded = {name: module for name, module in sys.modules.items() if name.startswith("govnet.")}
    return {
        f"{name}.{attribute}": value
        for name, module in loaded.items()
        for attribute, value in vars(module).items()
        if isinstance(value, PerApp)
    }


def _an_application(folder: Path) -> Flask:
    folder.mkdir()
    return create_app({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder}/own.db", "DATA_DIR": str(folder)})


def test_two_applications_in_one_process_share_no_register(tmp_path: Path) -> None:
    one, other = _an_application(tmp_path / "one"), _an_application(tmp_path / "other")
    registers = _registers()
    assert len(registers) > 15
    for name, register in registers.items():
        with one.app_context():
            first = register()
        with other.app_context():
            second = register()
        assert first is not second, name
        assert len(first) == len(second), name  # type: ignore[arg-type]


OF_THE_PROCESS = {
    "kernel.clock._ahead": "the clock that all of the process reads",
    "kernel.measures._hearers": "the program that counts for Prometheus, which is one of the process",
    "kernel.outage._noted": "the database server's trouble as this process met it",
    "kernel.outage._away": "the same",
    "kernel.models.NAMES": "part of the tables",
    "kernel.models.EXCLUSIONS": "the same",
    "kernel.triggers._triggers": "the same, and all applications have them",
    "operations.serving.worker._failing": "what this worker's log has said already",
}


def _empty(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Dict | ast.List):
        return not (value.keys if isinstance(value, ast.Dict) else value.elts)
    makers = ("dict", "list", "set", "defaultdict", "deque", "Counter")
    return isinstance(value, ast.Call) and getattr(value.func, "id", "") in makers


def test_functions_that_rooms_register_are_kept_in_the_application() -> None:
    found = set()
    for path in source.files():
        for line in source.tree(path).body:
            if isinstance(line, ast.Assign | ast.AnnAssign) and _empty(line.value):
                target = line.targets[0] if isinstance(line, ast.Assign) else line.target
                found.add(f"{_dotted(path)}.{getattr(target, 'id', '')}")
    assert found == set(OF_THE_PROCESS)
