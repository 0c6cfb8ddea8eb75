"""The language model's room: the only one that knows its SDK, what it costs and what it has said before."""
