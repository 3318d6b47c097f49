"""What went in and what came out: hashes of inputs and code, the manifest, the RO-Crate description."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from onroll.intake.masking import mask
from onroll.project import Project

PACKAGES = ("onroll", "numpy", "scipy", "pandas", "statsmodels", "matplotlib", "papermill")


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(*parts: object) -> str:
    """One SHA-256 for several things that can be written as JSON."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def stamp() -> str:
    """Now, in UTC to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@cache
def code_fingerprint() -> str:
    """One SHA-256 for the package's own source: another version of the code makes another run."""
    here = Path(__file__).resolve().parent
    files = sorted(path for path in here.rglob("*") if path.suffix in (".py", ".html", ".css"))
    return fingerprint([(path.relative_to(here).as_posix(), sha256_of(path)) for path in files])


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that make the numbers."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def inputs(project: Project, received: Iterable[Path]) -> list[dict[str, Any]]:
    """Every file a run rests on: published figures, declarations, published answers, files received."""
    kinds: list[tuple[str, Iterable[Path]]] = [
        ("published", sorted(project.published.glob("*.csv"))),
        ("source card", sorted(project.published.glob("*.yaml"))),
        ("declaration", sorted((project.root / "evaluation").glob("*.yaml"))),
        ("declaration", sorted((project.root / "evaluation" / "indicators").glob("*.yaml"))),
        ("declaration", sorted(project.notebooks.glob("*.yaml"))),
        ("published answer", sorted((project.root / "data" / "validation").rglob("*.[cy]*"))),
        ("received", sorted(received)),
    ]
    return [
        {"kind": kind, "path": _named(path, project), "sha256": sha256_of(path), "bytes": path.stat().st_size}
        for kind, paths in kinds
        for path in paths
    ]


def _named(path: Path, project: Project) -> str:
    """A path inside the project from its root; one outside by its name alone (it says where people work).

    A pupil number in it is masked; the hash tells the file.
    """
    resolved = path.resolve()
    inside = resolved.is_relative_to(project.root)
    return mask(resolved.relative_to(project.root).as_posix() if inside else path.name)


def outputs(folder: Path) -> dict[str, str]:
    """Every file of a run but its manifest and crate, by its path inside the run, with its SHA-256."""
    return {
        path.relative_to(folder).as_posix(): sha256_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("manifest.json", "ro-crate-metadata.json")
    }


def is_whole(folder: Path, manifest: Mapping[str, Any]) -> bool:
    """Whether every file that the manifest names is there, unchanged."""
    return all(
        (folder / name).is_file() and sha256_of(folder / name) == digest
        for name, digest in manifest.get("outputs", {}).items()
    )


def crate(manifest: Mapping[str, Any], title: str, licence: str) -> dict[str, Any]:
    """The run as an RO-Crate (Process Run Crate): one action, its inputs, its outputs, its software."""
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

    made = ROCrate()
    made.name, made.description = title, "Evaluation of an inclusion strategy, made by onroll."
    made.datePublished, made.license = manifest["made"], licence
    software = made.add(
        ContextEntity(made, "#onroll", {"@type": "SoftwareApplication", "name": "onroll",
                                        "version": manifest["versions"]["onroll"]})
    )  # fmt: skip
    used = [
        made.add(ContextEntity(made, f"#input-{entry['sha256'][:16]}", {
            "@type": "File", "name": entry["path"], "sha256": entry["sha256"], "contentSize": str(entry["bytes"]),
        }))
        for entry in manifest["inputs"]
    ]  # fmt: skip
    result = [
        made.add(ContextEntity(made, name, {"@type": "File", "name": name, "sha256": digest}))
        for name, digest in manifest["outputs"].items()
    ]
    made.root_dataset["hasPart"] = result
    action = made.add(
        ContextEntity(
            made,
            "#run",
            {"@type": "CreateAction", "name": f"run {manifest['run']}", "endTime": manifest["made"]},
        )
    )
    action["instrument"], action["object"], action["result"] = software, used, result
    made.root_dataset["mentions"] = action
    described: dict[str, Any] = made.metadata.generate()
    return described
