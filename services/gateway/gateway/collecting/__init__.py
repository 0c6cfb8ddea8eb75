"""Collecting: pictures of named people, and videos, from the web; nothing is used before somebody says yes."""
