"""The pluggy host: hooks, admission, guarded calls, quarantine."""
