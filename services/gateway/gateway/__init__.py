"""The front door: REST, pages, media, the pipeline and its jobs. Owns schema `library`."""
