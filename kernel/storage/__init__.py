"""Connecting to PostgreSQL, transactions, and the embedded server. Declares no table."""
