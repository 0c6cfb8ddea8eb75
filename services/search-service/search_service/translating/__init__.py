"""Between Korean and English, by the language model: captions for the index, keywords for a question."""
