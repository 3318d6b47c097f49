"""``import onroll`` beside ``import pandas``, and the declarations beside their bare YAML: nobody waits for either."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import yaml

from onroll import framework

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 5


def seconds(code: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def test_import_onroll_is_quick_beside_pandas(benchmark: Any) -> None:
    benchmark.pedantic(seconds, args=("import onroll",), rounds=1 if benchmark.disabled else ROUNDS)
    nothing, ours, pandas = (
        min(seconds(code) for _ in range(1 if benchmark.disabled else ROUNDS))
        for code in ("pass", "import onroll", "import pandas")
    )
    ratio = (ours - nothing) / (pandas - nothing)
    benchmark.extra_info["ratio to import pandas"] = round(ratio, 3)
    print(f"\nimport onroll takes {ratio:.1%} of what import pandas takes")
    assert ratio < 0.5, (
        "import onroll has begun to import something large: see _WHERE in src/onroll/__init__.py"
    )


def test_import_onroll_brings_no_library() -> None:
    code = "import sys, onroll; print([m for m in ('numpy', 'pandas', 'scipy', 'matplotlib', 'yaml') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "[]", (
        "import onroll imports these at once; they can wait until they are used"
    )


def test_the_declarations_are_read_beside_their_bare_yaml(benchmark: Any) -> None:
    """Reading them checks every reference, keeps every line's place, and freezes what it found."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    paths = [*(ROOT / "evaluation").rglob("*.yaml"), ROOT / "notebooks" / "notebooks.yaml"]
    texts = [path.read_text(encoding="utf-8") for path in paths if "runs" not in path.parts]

    def bare() -> float:
        start = time.perf_counter()
        for text in texts:
            yaml.load(text, loader)
        return time.perf_counter() - start

    benchmark.pedantic(framework.load, args=(ROOT,), rounds=1 if benchmark.disabled else ROUNDS)
    if benchmark.disabled:
        return
    ratio = benchmark.stats.stats.min / min(bare() for _ in range(ROUNDS))
    benchmark.extra_info["times the bare YAML"] = round(ratio, 1)
    print(f"\nreading the declarations takes {ratio:.1f} times as long as their bare YAML")
    assert ratio < 4
