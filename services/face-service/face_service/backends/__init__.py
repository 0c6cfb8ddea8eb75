"""Face backends, one file each; the only place here where model runtimes are imported.

`load(options)` gives a `recogniser.Recogniser`: a detector and an embedder, each with `card` and `predict(batch)`.
"""
