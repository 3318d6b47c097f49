"""The warm process: imports once, then forks a ready kernel for each notebook (0.03 s in place of seconds).

Started by ``kernels.py`` as ``python -m onroll.orchestration.warm``. One JSON request a line on its
standard input, one JSON answer a line on its standard output. When the input ends, as it does when the
process that started it dies in any way, every kernel is killed: no notebook outlives its run.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from contextlib import suppress
from typing import Any

WARM_IMPORTS = (
    "numpy", "pandas", "matplotlib.pyplot", "matplotlib_inline.backend_inline", "ipykernel.kernelapp",
    "ipykernel.ipkernel", "onroll", "onroll.evaluation", "onroll.presentation.documents",
    "onroll.presentation.charts",
)  # fmt: skip
"""What every notebook needs. Nothing here may start a thread or open a socket: the process is forked."""


def import_all(names: tuple[str, ...] = WARM_IMPORTS) -> None:
    """Import what notebooks need; a name that cannot be imported is left for the notebook to meet.

    Nothing of it is ever thrown away, so nothing is looked through for what could be: not while it is imported, nor
    by the kernels, each of which would have to copy it for that.
    """
    gc.disable()
    for name in names:
        with suppress(ImportError):
            __import__(name)
    gc.freeze()
    gc.enable()


def limit_memory(megabytes: int) -> None:
    """Let this process grow by so many megabytes beyond what it has mapped now; then ``MemoryError``."""
    import resource

    with open("/proc/self/statm", encoding="ascii") as statm:
        mapped = int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    ceiling = mapped + megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))


def become_kernel(connection_file: str, cwd: str, memory_mb: int) -> None:
    """Turn this forked process into an IPython kernel. Never returns."""
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.chdir(cwd)
    with suppress(OSError):  # systems without /proc run without this limit; the time limit stands
        limit_memory(memory_mb)
    IPKernelApp.launch_instance(argv=["-f", connection_file])
    os._exit(0)


def answer(request: dict[str, Any], children: set[int]) -> dict[str, Any]:
    """Carry out one request: ``launch`` a kernel, or ``poll`` one for its exit code."""
    if request["do"] == "launch":
        pid = os.fork()
        if pid == 0:
            become_kernel(request["connection_file"], request["cwd"], request["memory_mb"])
        children.add(pid)
        return {"pid": pid}
    pid = request["pid"]
    if pid not in children:
        return {"exit": 0}
    done, status = os.waitpid(pid, os.WNOHANG)
    if done == 0:
        return {"exit": None}
    children.discard(pid)
    return {"exit": os.waitstatus_to_exitcode(status)}


def serve() -> None:
    """Answer requests until the input ends, then kill what still runs."""
    import_all()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    children: set[int] = set()
    sys.stdout.write(json.dumps({"ready": True}) + "\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line), children)) + "\n")
        sys.stdout.flush()
    for pid in children:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    serve()
