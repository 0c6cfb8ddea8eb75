"""The gallery: people, what they are called, and the pictures they are known by."""
