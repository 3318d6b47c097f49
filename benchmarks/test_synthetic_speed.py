"""A made authority grows no faster than its pupils, and what is in memory does not grow beyond one part.

Each size is made in a process of its own, so that the peak of memory is its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ONE_PART, PARTS = 60_000, 6
GROWTH = 1.3  # above the ratio of pupils; disk and neighbours on the machine make that much difference
CODE = """
import json, resource, sys, time
from pathlib import Path
from onroll.framework.contract_files import load_contracts
from onroll.synthetic import Made, make_authority
out, root, pupils = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
contracts = load_contracts(root)
start = time.perf_counter()
truth = make_authority(
    out, contracts, root / "data" / "published", authority=Made("", "Made-up England"), pupils=pupils, first="202122",
    censuses=("Spring",), form="parquet", items=[],
)
seconds = time.perf_counter() - start
rows = sum(count for name, count in truth.files.items() if name.startswith("roll_"))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"seconds": seconds, "rows": rows, "peak": peak}))
"""


def made(out: Path, pupils: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(out), str(ROOT), str(pupils)],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def test_six_parts_beside_one(benchmark: Any, tmp_path: Path) -> None:
    one = made(tmp_path / "one", ONE_PART)
    six = benchmark.pedantic(made, args=(tmp_path / "six", ONE_PART * PARTS), rounds=1)
    rows, seconds, peak = (six[name] / one[name] for name in ("rows", "seconds", "peak"))
    benchmark.extra_info |= {"rows": round(rows, 2), "time": round(seconds, 2), "peak memory": round(peak, 2)}
    print(f"\n{rows:.1f} times the rows: {seconds:.1f} times the time, {peak:.2f} times the memory")
    assert seconds < rows * GROWTH
    assert peak < GROWTH, "memory grows with the pupils: a part is held after it was written"
