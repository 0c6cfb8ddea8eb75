"""Where in the plain space of face vectors to look for somebody, so that whoever scores enough is among those found.

A score is a cosine in a Space of its own over how much the crops of the face agree: `moved(v) @ centroid /
(|moved(v)| * agreed)`, and `moved` is linear but for a constant. So a score above the threshold means `v @ direction`
above `offset + threshold * |moved(v)| * agreed`: a range search by plain cosine finds it, given how short that product
can be. Pure.
"""

from typing import NamedTuple

import numpy as np

from gateway.identity.matching import Gallery, Space, agreed
from kernel.vectors import Matrix, unit

# Half floats, of a track's vector and of the direction.
ROUNDING = 2e-3
# As unlike as can be, and half floats beyond.
EVERYBODY = -1.1
# No vector is taken to be shorter than the shortest known one times this. Of 110 real people (220 photographs) none
# that scored enough was missed by it, and one in thirty of those found did not.
SHORTER = 0.9


class Cone(NamedTuple):
    """Unit vectors at least `least` like `direction` `[dimension]` (unit), by plain cosine."""

    direction: Matrix
    least: float


def cone(gallery: Gallery, person: int, known: Matrix) -> Cone:
    """All that may score above the threshold for the person at that index; `known` `[n, dimension]`: some vectors as
    those that are looked for, to learn from how short they become.
    """
    centroid = gallery.centroids[person]
    if gallery.space is None:
        return Cone(centroid, gallery.threshold - ROUNDING)
    if not isinstance(gallery.space, Space):
        return Cone(unit(known[:1])[0], EVERYBODY)
    nothing = np.zeros((1, known.shape[1]), np.float32)
    constant = gallery.space.moved(nothing)
    towards = (gallery.space.moved(np.eye(known.shape[1], dtype=np.float32)) - constant) @ centroid
    lengths = np.linalg.norm(gallery.space.moved(unit(known)), axis=1) * agreed(known)
    shortest = SHORTER * float(lengths.min(initial=1.0))
    least = (gallery.threshold * shortest - float(constant[0] @ centroid)) / max(float(np.linalg.norm(towards)), 1e-9)
    return Cone(unit(towards[None])[0], least - ROUNDING)
