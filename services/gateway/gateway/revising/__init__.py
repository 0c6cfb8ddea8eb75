"""Changing a timeline: commands of people become edits, refusals or conflicts; history is read back."""
