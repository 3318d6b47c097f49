"""Kernels for notebooks: forked from one warm process, over IPC (parallel kernels clash on ports)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.localinterfaces import localhost
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Integer

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Two kernels on two cores gain only when each keeps to one thread (measured: 20 s against 33 s)."""


def can_fork() -> bool:
    """Whether kernels can be forked here; elsewhere each one starts the ordinary way."""
    return hasattr(os, "fork") and sys.platform != "darwin"


class WarmProcess:
    """The process that has everything imported. Thread-safe; ``close`` ends it and all its kernels."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        if can_fork():
            self._process = self._started()
        self._ready = False

    def _started(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "onroll.orchestration.warm"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **ONE_THREAD, "MPLBACKEND": "module://matplotlib_inline.backend_inline"},
        )

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send one request and wait for its answer."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise ConnectionError("kernels cannot be forked on this system")
        with self._lock:
            if not self._ready:
                process.stdout.readline()
                self._ready = True
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        if not line:
            raise ConnectionError("the process that starts the kernels has ended")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the process; it kills its kernels first. One that was never asked has none, and need not be waited for."""
        process = self._process
        if process is None:
            return
        if not self._ready:
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


class _ForkedKernel:
    """A kernel process with the few methods of ``Popen`` that a provisioner calls."""

    stdin = stdout = stderr = None

    def __init__(self, warm: WarmProcess, pid: int) -> None:
        self._warm = warm
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        if self.returncode is None:
            try:
                self.returncode = self._warm.ask(do="poll", pid=self.pid)["exit"]
            except (ConnectionError, OSError, ValueError):
                self.returncode = -signal.SIGKILL
        return self.returncode

    def wait(self) -> int | None:
        return self.poll()

    def send_signal(self, signum: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, signum)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class WarmProvisioner(LocalProvisioner):
    """Gives a kernel manager a forked kernel in place of a new Python."""

    process: Any = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork a kernel on the connection file that the manager has written."""
        manager: Any = self.parent
        answer = manager.warm.ask(
            do="launch",
            connection_file=manager.connection_file,
            cwd=kwargs.get("cwd") or os.getcwd(),
            memory_mb=manager.memory_mb,
        )
        self.process = _ForkedKernel(manager.warm, answer["pid"])
        self.pid = self.pgid = answer["pid"]
        return self.connection_info


class WarmKernelManager(AsyncKernelManager):
    """A manager whose kernels are forked from ``warm`` and may grow by ``memory_mb``.

    ``sockets`` is a short folder of its own: the default IPC name is the same for every kernel that starts
    in one folder, so two that start together wait for each other for ever.
    """

    warm: WarmProcess
    sockets: Path
    pids: list[int]
    memory_mb = Integer(2048)

    def _transport_default(self) -> str:
        return "ipc" if can_fork() else "tcp"

    async def _async_post_start_kernel(self, **kwargs: Any) -> None:
        await super()._async_post_start_kernel(**kwargs)
        pid = getattr(self.provisioner, "pid", None)
        if pid is not None:
            self.pids.append(pid)

    post_start_kernel = _async_post_start_kernel

    def _connection_file_default(self) -> str:
        return str(self.sockets / "kernel.json")

    def _ip_default(self) -> str:
        return str(self.sockets / "kernel") if can_fork() else localhost()

    @property
    def kernel_spec(self) -> KernelSpec:
        """The kernel in the words Jupyter expects; nothing needs to be installed."""
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="onroll",
            language="python",
            metadata={"kernel_provisioner": {"provisioner_name": "onroll-warm"}} if can_fork() else {},
        )


def kernel_manager(warm: WarmProcess, sockets: Path, memory_mb: int) -> type[WarmKernelManager]:
    """The kernel manager class for one notebook: its warm process, its own folder, its memory limit."""
    own = {"warm": warm, "sockets": sockets, "memory_mb": memory_mb, "pids": []}
    return type("NotebookKernelManager", (WarmKernelManager,), own)
