"""Run a command as a unit of deploy/ confines it, where there is no systemd: confined.py UNIT COMMAND...

SystemCallFilter=, SystemCallErrorNumber= and MemoryDenyWriteExecute= are carried out here by libseccomp and
prctl(2): calls that the filter does not name fail with EPERM, and no memory can be written and then run.
"""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import sys
from pathlib import Path

ALLOW, EPERM = 0x7FFF0000, 0x00050001
SET_NO_NEW_PRIVS, SET_MDWE, REFUSE_EXEC_GAIN = 38, 65, 1
SELF = str(Path(__file__).resolve())


def directive(unit: Path, name: str) -> str:
    """The value of one directive of a unit."""
    found = re.search(rf"^{name}=(.*)$", unit.read_text(encoding="utf-8"), re.M)
    assert found is not None, f"{unit.name} has no {name}="
    return found[1]


def calls(words: list[str]) -> set[str]:
    """The system calls that these words of SystemCallFilter= name, groups within groups included."""
    found: set[str] = set()
    for word in words:
        if not word.startswith("@"):
            found.add(word)
            continue
        listed = subprocess.run(["systemd-analyze", "syscall-filter", word], check=True, capture_output=True, text=True,
                                env={"PATH": os.environ["PATH"]}).stdout  # fmt: skip
        lines = [line.strip() for line in listed.splitlines()[1:]]
        found |= calls([line for line in lines if line and not line.startswith("#")])
    return found


def confine(unit: Path) -> None:
    """Bind this process and its children as the unit says."""
    assert directive(unit, "SystemCallErrorNumber") == "EPERM"
    allowed = calls(directive(unit, "SystemCallFilter").split())
    libc, seccomp = ctypes.CDLL(None, use_errno=True), ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(EPERM)))
    for name in allowed:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            assert seccomp.seccomp_rule_add_array(context, ctypes.c_uint32(ALLOW), number, 0, None) == 0, name
    if directive(unit, "MemoryDenyWriteExecute") == "yes":
        assert libc.prctl(SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0) == 0, (
            "this kernel cannot refuse it (Linux 6.3)"
        )
    assert libc.prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    assert seccomp.seccomp_load(context) == 0


if __name__ == "__main__":
    confine(Path(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])
