"""Answers in words: made only of what was found, each sentence checked against the segments it cites."""
