"""Text models. Each file is one; see kernel.inference.backend."""
