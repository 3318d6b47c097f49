"""``import onroll`` beside ``import pandas``: a person who asks for help must not wait for a library."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

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
