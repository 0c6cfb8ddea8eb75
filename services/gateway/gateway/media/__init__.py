"""Media coming in and going out: admission, fetching from addresses, clips and thumbnails."""
