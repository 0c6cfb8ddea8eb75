"""Reading schema `index`, a file a subject."""
