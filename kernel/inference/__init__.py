"""What a backend is, where its weights lie, how single requests become batches."""
