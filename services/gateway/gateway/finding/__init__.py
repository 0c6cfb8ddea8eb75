"""Asking: questions and their addresses, answers with everything to show them, searches that are kept."""
