"""The published page in a real browser: readable for everybody, on any screen, on paper, and by itself."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import pytest

from boundary_plugins.availability_sources.exceptions import DatedHours
from boundary_plugins.data.page_words import page_words
from boundary_plugins.ports import PublishedPractice
from boundary_plugins.rendering.page import write_page
from builders_publication import published

CHROMIUM = shutil.which("chromium")
#: `npm install --prefix .npm axe-core` brings it, as `.ci/run` does.
AXE = Path(__file__).parents[2] / ".npm" / "node_modules" / "axe-core" / "axe.min.js"

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
needs_axe = pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed in .npm")
pytestmark = needs_chromium

#: In contact hours, with all that a page can hold; and the evening before the clocks change.
FULL = published(datetime(2026, 11, 24, 14, 12, tzinfo=UTC))
CHANGE = published(datetime(2026, 10, 30, 18, tzinfo=UTC), "fri-sat 22:00-06:00; tue 00:00-24:00")
AWAY = published(
    datetime(2026, 11, 24, 14, 12, tzinfo=UTC),
    exceptions=(DatedHours(date(2026, 11, 1), date(2027, 12, 31), "closed"),),
)
LONG_NAME = PublishedPractice("Donaudampfschifffahrtsgesellschaftskapitänspraxisgemeinschaft", "de", "DE")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium as Debian ships it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # As root, Chromium starts only without its sandbox.
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


def opened(browser: Any, page: bytes, folder: Path, **options: Any) -> Any:
    """The page in a tab of its own."""
    path = folder / "availability.html"
    path.write_bytes(page)
    tab = browser.new_page(**options)
    tab.goto(path.as_uri())
    return tab


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1000])
@pytest.mark.parametrize("publication", [FULL, CHANGE, AWAY], ids=["full", "change", "away"])
def test_axe_finds_nothing(
    browser: Any, tmp_path: Path, publication: Any, width: int, scheme: Literal["light", "dark"]
) -> None:
    """Every rule of axe-core, best practices too, in light and dark, on a small screen and a large one."""
    page = write_page(publication, holidays=True)
    tab = opened(browser, page, tmp_path, color_scheme=scheme, viewport={"width": width, "height": 800})
    tab.add_script_tag(path=AXE)

    result = tab.evaluate("axe.run()")

    tab.close()
    assert [] == [f"{each['id']}: {each['help']}" for each in result["violations"]]
    assert {"color-contrast", "html-has-lang", "landmark-one-main"} <= {
        each["id"] for each in result["passes"]
    }


@needs_axe
def test_axe_would_find_a_pale_word(browser: Any, tmp_path: Path) -> None:
    """The check can fail: the same page with its words in light grey."""
    page = write_page(FULL).replace(b"--soft: #55615e", b"--soft: #cccccc")
    tab = opened(browser, page, tmp_path, color_scheme="light")
    tab.add_script_tag(path=AXE)

    result = tab.evaluate("axe.run()")

    tab.close()
    assert ["color-contrast"] == [each["id"] for each in result["violations"]]


@pytest.mark.parametrize("language", sorted(page_words()))
def test_nothing_is_wider_than_a_small_screen(browser: Any, tmp_path: Path, language: str) -> None:
    """At 320 pixels nobody scrolls sideways, in any language, whatever the practice is called."""
    page = write_page(replace(CHANGE, practice=LONG_NAME), language=language, holidays=True)
    tab = opened(browser, page, tmp_path, viewport={"width": 320, "height": 800})

    width = tab.evaluate("document.documentElement.scrollWidth")

    tab.close()
    assert 320 == width


def test_it_is_whole_without_a_network_and_without_scripts(browser: Any, tmp_path: Path) -> None:
    """Only the file itself is asked for, and nothing is left to say in the console."""
    asked: list[str] = []
    said: list[str] = []
    context = browser.new_context(offline=True, java_script_enabled=False)
    tab = context.new_page()
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    path = tmp_path / "availability.html"
    path.write_bytes(write_page(FULL))

    tab.goto(path.as_uri())

    seen = tab.inner_text("main")
    context.close()
    assert ([path.as_uri()], []) == (asked, said)
    assert "Tuesday, November 24, 2026" in seen


@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_it_fits_on_one_sheet(browser: Any, tmp_path: Path, paper: str) -> None:
    """Two weeks with two windows a day, and the foot."""
    tab = opened(browser, write_page(FULL, holidays=True), tmp_path)

    printed = tab.pdf(format=paper)

    tab.close()
    assert 1 == len(re.findall(rb"/Type\s*/Page\b", printed))


def test_paper_is_white_even_where_the_screen_is_dark(browser: Any, tmp_path: Path) -> None:
    tab = opened(browser, write_page(FULL), tmp_path, color_scheme="dark")
    colour = "getComputedStyle(document.body).backgroundColor"

    screen = tab.evaluate(colour)
    tab.emulate_media(media="print")
    paper = tab.evaluate(colour)

    tab.close()
    assert ("rgb(20, 25, 24)", "rgb(255, 255, 255)") == (screen, paper)
