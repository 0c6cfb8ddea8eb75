"""From a file to a published timeline; `process.py` is the page to read first."""
