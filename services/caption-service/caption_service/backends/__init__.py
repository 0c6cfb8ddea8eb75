"""Caption backends, one file each; the only place here where model runtimes are imported.

`load(options)` gives an object with `card`, `kind` and `predict(scenes) -> list[Sentence]`.
"""
