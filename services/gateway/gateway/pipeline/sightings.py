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


async def find_faces(service: FaceService, pictures: Sequence[Picture], report: Callable[[float], None]) -> FaceFinds:
    detector = (await service.model()).detector.model_id
    found: list[tuple[Face, ...]] = []
    for first in range(0, len(pictures), PICTURES_A_REQUEST):
        batch = pictures[first : first + PICTURES_A_REQUEST]
        answer = await service.detect(DetectRequest(pictures=[picture.name for picture in batch]))
        found.extend(tuple(faces) for faces in answer.faces)
        report(len(found) / len(pictures))
    return FaceFinds(detector=detector, faces=tuple(found))
