"""Runs every measurement, prints the table, and ends with 1 where a gate was missed."""

import sys

from bench.archives import fresh_folder
from bench.assessing import assessing_figures
from bench.calendars import calendar_figures
from bench.committing import committing_figures
from bench.explaining import explaining_figures
from bench.figures import table_of
from bench.gmail import gmail_figures
from bench.imap import imap_figures
from bench.judging import judging_figures


def main() -> int:
    """Measure all; the exit code."""
    fresh_folder()
    figures = [
        *explaining_figures(),
        *committing_figures(),
        *judging_figures(),
        *calendar_figures(),
        *assessing_figures(),
        *gmail_figures(),
        *imap_figures(),
    ]
    sys.stdout.write(table_of(figures) + "\n")
    return 0 if all(figure.reached for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
