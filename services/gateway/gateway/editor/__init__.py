"""The editor as algebra: frozen values, no clock, no id, no I/O."""
