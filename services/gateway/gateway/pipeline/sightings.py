"""Step `faces`: every face in every sampled picture, found by face-service."""

from collections.abc import Callable, Sequence

from gateway.pipeline.frames import Picture
from kernel.clients import FaceService
from kernel.contracts.faces import DetectRequest, Face
from kernel.contracts.model import Value

# Pictures named in one request: long enough to keep the service busy, short enough to cancel soon.
PICTURES_A_REQUEST = 32


class FaceFinds(Value):
    """Faces of each picture, in the order of the pictures."""

    detector: str
    faces: tuple[tuple[Face, ...], ...]


async def find_faces(
    service: FaceService, detector: str, pictures: Sequence[Picture], report: Callable[[float], None]
) -> FaceFinds:
    """Look for faces once in each picture, also when it stays on screen over several sampling times."""
    names = list(dict.fromkeys(picture.name for picture in pictures))
    found: dict[str, tuple[Face, ...]] = {}
    for first in range(0, len(names), PICTURES_A_REQUEST):
        batch = names[first : first + PICTURES_A_REQUEST]
        answer = await service.detect(DetectRequest(pictures=batch))
        found |= {name: tuple(faces) for name, faces in zip(batch, answer.faces, strict=True)}
        report(len(found) / len(names))
    return FaceFinds(detector=detector, faces=tuple(found[picture.name] for picture in pictures))
