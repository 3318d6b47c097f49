"""The pages in a real browser: axe-core finds nothing, nothing is fetched, nothing overflows, two pages print."""

from __future__ import annotations

import itertools
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onroll.orchestration.jobs import ErrorCard
from onroll.presentation.html import page
from onroll.presentation.index import index
from onroll.runs import Run
from onroll.study import Study

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
IN_CI = os.environ.get("CI") == "true"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not IN_CI, reason="Chromium is not installed: Debian package chromium"
    ),
]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PAGES = ("board", "appendix-g", "index", "index-with-cards")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    assert CHROMIUM is not None, "CI must have Chromium: .ci/run installs Debian's package chromium"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def pages(run: Run, study: Study, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    card = ErrorCard(
        "30_strategy_impact", "cell 4, under 'What'", "the cell stopped with KeyError", "Look inside."
    )
    documents = {
        "board": run.document("board"),
        "appendix-g": run.document("appendix-g"),
        "index": index(study.framework, run.facts),
        "index-with-cards": index(study.framework, run.facts, [card]),
    }
    for name, document in documents.items():
        (folder / f"{name}.html").write_text(page(document), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in documents}


def opened(browser: Any, path: Path, width: int = 1000) -> tuple[Any, list[str]]:
    tab = browser.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(path.as_uri())
    return tab, asked


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser: Any, pages: dict[str, Path], name: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    tab, _ = opened(browser, pages[name])
    tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    results = Axe().run(tab).response
    found = [
        f"{one['id']}: {one['help']} ({len(one['nodes'])}) {one['nodes'][0]['html'][:120]}"
        for one in results["violations"]
    ]
    assert found == []
    assert len(results["passes"]) > 15
    tab.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing_else(browser: Any, pages: dict[str, Path], name: str) -> None:
    tab, asked = opened(browser, pages[name])
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert tab.evaluate("document.scripts.length") == 0
    tab.close()


@pytest.mark.parametrize("width", [360, 1000])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_sticks_out_of_a_phone_or_a_desktop(
    browser: Any, pages: dict[str, Path], name: str, width: int
) -> None:
    tab, _ = opened(browser, pages[name], width)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.close()


@pytest.mark.parametrize("name", PAGES)
def test_headings_do_not_skip_and_tables_have_header_scopes(
    browser: Any, pages: dict[str, Path], name: str
) -> None:
    tab, _ = opened(browser, pages[name])
    levels = tab.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(one => +one.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert tab.evaluate(
        "[...document.querySelectorAll('th')].every(one => ['col', 'row'].includes(one.scope))"
    )
    assert tab.evaluate(
        "[...document.querySelectorAll('table')].every(one => one.caption.textContent.trim())"
    )
    assert tab.evaluate("[...document.querySelectorAll('img')].every(one => one.alt.length > 40)")
    tab.close()


def test_the_boards_pages_print_on_two_sheets(browser: Any, pages: dict[str, Path]) -> None:
    tab, _ = opened(browser, pages["board"])
    printed = tab.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 2
    tab.close()


def test_the_pages_were_looked_at_with_pictures_that_load(browser: Any, pages: dict[str, Path]) -> None:
    tab, _ = opened(browser, pages["appendix-g"])
    sizes = tab.evaluate("[...document.images].map(one => one.naturalWidth)")
    assert len(sizes) == 8
    assert all(width > 300 for width in sizes)
    tab.close()
