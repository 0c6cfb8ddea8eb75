"""Enlarging small faces, to be looked at and not for matching: docs/decisions/0098-upscaling.md."""
