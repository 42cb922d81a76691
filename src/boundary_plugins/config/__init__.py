"""The configuration: what can be said, loading it, editing it."""
