"""Each module makes layers of the core's availability; local time becomes an instant here only."""
