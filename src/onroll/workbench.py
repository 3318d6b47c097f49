"""The workbench: JupyterLab on the project's notebooks, with a kernel that is the project's own Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from onroll.project import Project

KERNEL = {
    "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    "display_name": "onroll",
    "language": "python",
    "metadata": {"debugger": True},
}
QUIET = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
"""JupyterLab would otherwise ask about news and look for updates: nothing here asks the network for anything."""


def write_kernel(folder: Path) -> Path:
    """Write the project's kernel where Jupyter looks for kernels below ``folder``; its own folder comes back."""
    place = folder / "kernels" / "onroll"
    place.mkdir(parents=True, exist_ok=True)
    (place / "kernel.json").write_text(json.dumps(KERNEL, indent=1) + "\n", encoding="utf-8")
    return place


def write_settings(folder: Path) -> Path:
    """Write the workbench's own defaults where JupyterLab looks for them below ``folder``."""
    place = folder / "labconfig"
    place.mkdir(parents=True, exist_ok=True)
    (place / "default_setting_overrides.json").write_text(
        json.dumps(QUIET, indent=1) + "\n", encoding="utf-8"
    )
    return place


def open_workbench(project: Project, options: Sequence[str] = ()) -> int:
    """Open JupyterLab on the notebooks; its exit code comes back when it is closed.

    ``options`` are handed to JupyterLab, such as ``--no-browser``.
    """
    with tempfile.TemporaryDirectory(prefix="onroll-") as folder:
        write_kernel(Path(folder))
        write_settings(Path(folder))
        environment = {**os.environ, "ONROLL_ROOT": str(project.root)}
        for name in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH"):
            environment[name] = os.pathsep.join([folder, *filter(None, [os.environ.get(name, "")])])
        command = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={project.root}",
                   "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb",
                   "--MultiKernelManager.default_kernel_name=onroll", *options]  # fmt: skip
        return subprocess.run(command, env=environment, check=False).returncode
