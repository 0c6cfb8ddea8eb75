"""What every service stands on: the wire's words, settings, logs, storage, inference. Imports no service."""
