"""A small made authority, written once for all tests of the room: 4,000 pupils, three years over the change of codes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from onroll.framework.contract_files import load_contracts
from onroll.framework.contracts import Contracts
from onroll.synthetic import Made, Truth, make_authority

SMALL = {"pupils": 4000, "first": "201920", "last": "202122", "seed": 11}
Make = Callable[..., Truth]


@pytest.fixture(scope="session")
def contracts(root: Path) -> Contracts:
    return load_contracts(root)


@pytest.fixture(scope="session")
def make(root: Path, contracts: Contracts) -> Make:
    def made(out: Path, **more: Any) -> Truth:
        asked = {"authority": Made("821", "Made-up Town"), **SMALL, **more}
        return make_authority(out, contracts, root / "data" / "published", **asked)

    return made


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory, make: Make) -> tuple[Path, Truth]:
    out = tmp_path_factory.mktemp("made") / "authority"
    return out, make(out)


@pytest.fixture(scope="session")
def read() -> Callable[[Path, str], pd.DataFrame]:
    """A table as text, all its files, blanks as blanks."""

    def table(folder: Path, name: str) -> pd.DataFrame:
        files = sorted(folder.glob(f"{name}*.csv"))
        assert files, f"no file of {name}"
        return pd.concat(
            [pd.read_csv(file, dtype=str, keep_default_na=False) for file in files], ignore_index=True
        )

    return table
