"""Publishing a page into a file on a real disk."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from boundary_files.publisher import PagePublisher
from boundary_files.settings import PagePublisherSettings
from boundary_plugins.core.availability import Window
from boundary_plugins.errors import Refused, Unavailable
from boundary_plugins.ports import PublishedPractice
from boundary_plugins.testing.benches import hours, invented_publication
from boundary_plugins.testing.contracts import PublisherBench, PublisherContract
from boundary_plugins.testing.doubles import memory_services
from builders_publication import BETWEEN, away, published

#: Tuesday 24 November 2026, 9:12 in New York, in contact hours.
TUESDAY = datetime(2026, 11, 24, 14, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def publisher(path: Path, **settings: Any) -> PagePublisher:
    """A publisher to one page."""
    services = memory_services(path.parent, name="publisher page")
    return PagePublisher(PagePublisherSettings(path=path, **settings), services)


class PageBench(PublisherBench):
    """A page that anybody may read."""

    def __init__(self, folder: Path) -> None:
        """Begin with an empty folder."""
        self.path = folder / "availability.html"
        self.publisher = publisher(self.path)

    def seen(self) -> bytes | None:
        """The page."""
        return self.path.read_bytes() if self.path.exists() else None


class TestContract(PublisherContract):
    """The contract of the port."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> PageBench:
        """A page."""
        return PageBench(tmp_path)


def test_a_busy_calendar_changes_nothing(tmp_path: Path) -> None:
    """A session puts no client out of bounds, and nobody learns when there is one."""
    path = tmp_path / "availability.html"
    publisher(path).publish(invented_publication())

    assert not publisher(path).publish(invented_publication(busy=(hours(10, 11),)))


def test_within_a_window_the_page_is_not_touched(tmp_path: Path) -> None:
    """What it says of its own age is when it was made, not when somebody looked."""
    path = tmp_path / "availability.html"
    publisher(path).publish(published(TUESDAY))
    before = path.stat()

    assert not publisher(path).publish(published(TUESDAY + HOUR))
    assert (before.st_ino, before.st_mtime_ns) == (path.stat().st_ino, path.stat().st_mtime_ns)


@pytest.mark.parametrize(
    ("later", "says"),
    [
        # Closed for lunch, open after it, closed in the evening, another day.
        (4 * HOUR, "Tuesday, November 24, 2026 at 1:12 PM."),
        (6 * HOUR, "Tuesday, November 24, 2026 at 3:12 PM."),
        (10 * HOUR, "Tuesday, November 24, 2026 at 7:12 PM."),
        (15 * HOUR, "Wednesday, November 25, 2026 at 12:12 AM."),
    ],
)
def test_with_the_next_edge_and_the_next_day_the_page_is_made_anew(
    tmp_path: Path, later: timedelta, says: str
) -> None:
    path = tmp_path / "availability.html"
    publisher(path).publish(published(TUESDAY))

    assert publisher(path).publish(published(TUESDAY + later))
    assert says in path.read_text("utf-8")


def test_an_absence_is_not_told_before_its_week(tmp_path: Path) -> None:
    """Four weeks away from Wednesday on: this week closed, the next as usual, unless all weeks are shown."""
    publication = away(usual=(Window(BETWEEN, True, ("weekly hours",)),))
    publisher(tmp_path / "week.html").publish(publication)
    publisher(tmp_path / "all.html", absences="all weeks").publish(publication)
    week, everything = ((tmp_path / name).read_text("utf-8") for name in ("week.html", "all.html"))

    # Wednesday to Sunday; then Monday to Sunday too.
    assert (5, 12) == (week.count("\nClosed<"), everything.count("\nClosed<"))
    assert "Monday 30 March at 00:00" in week
    assert "none up to Tuesday 21 April 2026" in everything


def test_language_and_holidays_are_settings(tmp_path: Path) -> None:
    path = tmp_path / "availability.html"
    practice = PublishedPractice("Praxis am Hafen", "en", "DE")
    christmas = published(datetime(2026, 12, 22, 12, tzinfo=UTC), zone="Europe/Berlin", practice=practice)

    publisher(path, language="de", holidays=True).publish(christmas)
    german = path.read_text("utf-8")
    publisher(path).publish(christmas)

    assert "Erster Weihnachtstag" in german
    assert "Christmas" not in path.read_text("utf-8")
    assert "Contact hours" in path.read_text("utf-8")


@pytest.mark.parametrize(
    "wrong", [{"language": "it"}, {"holidays": "some"}, {"title": "x"}, {"absences": "no"}]
)
def test_settings_that_cannot_be_meant_are_refused(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        publisher(tmp_path / "availability.html", **wrong)


def test_a_page_of_somebody_else_is_neither_overwritten_nor_removed(tmp_path: Path) -> None:
    """A slip in the configuration must not cost a practice its website."""
    path = tmp_path / "index.html"
    own = b"<!DOCTYPE html>\n<title>Quiet Harbor</title>\n"
    path.write_bytes(own)

    with pytest.raises(Refused, match="is not a file that this program wrote"):
        publisher(path).publish(published(TUESDAY))
    publisher(path).remove()

    assert own == path.read_bytes()


def test_a_page_that_broke_off_is_made_anew(tmp_path: Path) -> None:
    """An empty one, or a part of one of ours."""
    path = tmp_path / "availability.html"
    path.touch()
    assert publisher(path).publish(published(TUESDAY))
    whole = path.read_bytes()
    path.write_bytes(whole[:300])

    assert publisher(path).publish(published(TUESDAY))
    assert whole == path.read_bytes()


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    """It is not made: it may be a disk that is not mounted."""
    path = tmp_path / "web" / "availability.html"

    with pytest.raises(Unavailable) as caught:
        publisher(path).publish(published(TUESDAY))

    assert f"publisher page: the folder of {path} does not exist" == str(caught.value)


def test_a_folder_in_its_place_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="is a folder; allowed: a file"):
        publisher(tmp_path).publish(published(TUESDAY))
