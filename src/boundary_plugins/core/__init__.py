"""Pure decisions over frozen values: no clock, disk, network, logging, settings or plugin."""
