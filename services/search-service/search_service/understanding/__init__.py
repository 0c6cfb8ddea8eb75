"""What a question asks: `question.py` is the page that reads top to bottom."""
