"""The page of public names: what a module lists as its own, wherever it is written, with what it is."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import onroll.statistics as room

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "public_names.md").read_text(encoding="utf-8")


def section(name: str) -> dict[str, str]:
    """Names of one module with what is said of them."""
    _, _, after = PAGE.partition(f"## `onroll.statistics.{name}`\n")
    lines = [line for line in after.partition("\n## ")[0].splitlines() if line.startswith("| `")]
    return {line.split("`")[1]: line.split("|", 2)[2].strip(" |") for line in lines}


def test_what_a_module_lists_stands_on_the_page_with_what_it_is() -> None:
    modules = {name: import_module(f"onroll.statistics.{name}") for name in room.__all__}
    listed = {name: module.__all__ for name, module in modules.items() if hasattr(module, "__all__")}
    assert len(listed) >= 6
    for name, names in listed.items():
        assert list(section(name)) == names, f"onroll.statistics.{name}: run 'make docs'"
        assert all(section(name).values()), name


def test_what_a_module_imports_under_its_own_name_is_public_too() -> None:
    assert {"das_gupta", "das_gupta_structure", "DasGupta"} <= set(section("decomposition"))
    assert {"indirect_ratio", "indirect_rate", "IndirectRate"} <= set(section("standardised"))
    assert {"Rule", "IDEA"} <= set(section("disproportionality_rule"))
    assert "rows_of_cells" in section("oaxaca")
