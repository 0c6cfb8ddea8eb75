"""Pages for people: rendered here, kept alive by small scripts of our own."""

from fastapi import FastAPI

from kernel.settings import Settings


def include(app: FastAPI, settings: Settings) -> None:
    """Add every page and what they are made of."""
    del app, settings
