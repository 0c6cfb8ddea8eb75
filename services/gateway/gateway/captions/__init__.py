"""Captions as they come in: which are fit to be shown, whom they may name, how they are said in the other language."""
