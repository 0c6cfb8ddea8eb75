"""The wire's words, grouped by who answers. Knows only pydantic and the standard library."""
