"""Metadata that an older pipeline stored, brought in as it is."""
