"""Public doubles, contract tests and loopback receivers for plugin authors and the demo."""
