"""The command line: one file a command group, imported when it is called."""


def main() -> None:
    """Run the `boundary` command."""
