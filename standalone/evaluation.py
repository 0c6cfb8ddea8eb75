"""Photos of known people and of strangers through the real face-service, and how well they were told apart.

Nothing is kept: pictures go through a temporary store. No database, no running product.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import face_service.app
from gateway.people import photos
from gateway.people.errors import NotAPhotoError, PhotoError, PhotoTooSmallError
from kernel.clients import FaceService
from kernel.contracts.errors import Language, ScenedeskError
from kernel.contracts.faces import DetectRequest, EmbedFacesRequest, Face, FaceCrop, FaceModel
from kernel.settings import Settings
from kernel.store import Store
from kernel.vectors import Matrix, unpack
from kernel.wire import open_wire

PICTURES = (".jpg", ".jpeg", ".png", ".webp")
PHOTOS_AT_ONCE = 16
# One is opened, in one faces are found, and one is embedded.
BATCHES_AT_ONCE = 3


class NoPhotosError(ScenedeskError):
    status = 422
    code = "no_photos"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "{folder} holds no photos: {wanted} was expected (.jpg, .jpeg, .png, .webp).",
        "ko": "{folder}에 사진이 없습니다. {wanted} 형식이어야 합니다(.jpg, .jpeg, .png, .webp).",
    }


@dataclass(frozen=True)
class Shown:
    """Somebody in a folder of photos. The same name in two groups is two people."""

    group: str
    name: str


@dataclass(frozen=True)
class Photo:
    """A file and who is in it; nobody of the gallery when None. `sitter` tells strangers apart where folders do."""

    path: Path
    shown: Shown | None = None
    sitter: str = ""


@dataclass(frozen=True)
class Seen:
    """What the model made of a photo: nothing when there was no face, a reason when it was no picture."""

    photo: Photo
    face: Face | None = None
    vector: Matrix | None = None
    unreadable: str | None = None


@dataclass
class Cost:
    """Time by the clock in which the face model had photos, and for how many faces: to find each and embed it,
    with reading its picture from the store; not to open and normalise the user's file, nor to load the model.
    """

    seconds: float = 0.0
    faces: int = 0
    _inside: int = 0
    _since: float = 0.0

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Batches overlap; a second in which there are two of them is one second."""
        if not self._inside:
            self._since = time.perf_counter()
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1
            if not self._inside:
                self.seconds += time.perf_counter() - self._since


def members_in(folder: Path, shots: int | None = None) -> list[Photo]:
    """`group/member/*.jpg`, in order of name; at most the first `shots` of each. Raises NoPhotosError."""
    found = []
    for member in sorted(path for path in _listed(folder, "*/*") if path.is_dir()):
        pictures = sorted(path for path in member.iterdir() if _is_picture(path))
        found += [Photo(path, Shown(member.parent.name, member.name)) for path in pictures[:shots]]
    if not found:
        raise NoPhotosError(folder=folder, wanted="group/member/*.jpg")
    return found


def strangers_in(folder: Path) -> list[Photo]:
    """Every photo in a folder, however deep. Raises NoPhotosError."""
    found = [
        Photo(path, sitter=path.parent.relative_to(folder).as_posix())
        for path in sorted(_listed(folder, "**/*"))
        if _is_picture(path)
    ]
    if not found:
        raise NoPhotosError(folder=folder, wanted="*.jpg")
    return found


def _listed(folder: Path, pattern: str) -> Iterator[Path]:
    return (path for path in folder.glob(pattern) if not any(part.startswith(".") for part in path.parts[-2:]))


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in PICTURES and not path.name.startswith(".") and path.is_file()


class Studio:
    """Looks at photos with the face-service of these settings."""

    def __init__(self, service: FaceService, store: Store, model: FaceModel) -> None:
        self._service, self._store, self.model = service, store, model
        self.cost = Cost()

    async def look_at(self, taken: Sequence[Photo]) -> list[Seen]:
        """One answer a photo, in order. Some photos are opened while faces are found in others and told in others."""
        gate = asyncio.Semaphore(BATCHES_AT_ONCE)

        async def looked_at(first: int) -> list[Seen]:
            async with gate:
                return await self._recognised(await self._open(taken[first : first + PHOTOS_AT_ONCE], first))

        batches = await asyncio.gather(*(looked_at(first) for first in range(0, len(taken), PHOTOS_AT_ONCE)))
        return [seen for batch in batches for seen in batch]

    async def _open(self, batch: Sequence[Photo], number: int) -> list[tuple[Photo, str | PhotoError]]:
        opened = await asyncio.gather(*(asyncio.to_thread(self._normal, photo, number) for photo in batch))
        return list(zip(batch, opened, strict=True))

    def _normal(self, photo: Photo, batch: int) -> str | PhotoError:
        """Its name in the store, made as a reference's picture is. Batches never share a picture."""
        try:
            jpeg, content = photos.normal(photo.path.read_bytes(), photo.path.name)
        except PhotoError as error:
            return error
        except OSError:
            return NotAPhotoError(source=photo.path.name)
        name = f"photos/{batch}/{content}.jpg"
        with self._store.writing(name) as partial:
            partial.write_bytes(jpeg)
        return name

    async def _recognised(self, opened: Sequence[tuple[Photo, str | PhotoError]]) -> list[Seen]:
        names = list(dict.fromkeys(name for _, name in opened if isinstance(name, str)))
        with self.cost.counted():
            faces = await self._faces_in(names)
            chosen = {name: dominant(found) for name, found in faces.items() if found}
            vectors = await self._vectors_of(chosen)
        self.cost.faces += len(chosen)
        for name in names:
            self._store.path(name).unlink(missing_ok=True)
        return [_seen(photo, name, chosen, vectors) for photo, name in opened]

    async def _faces_in(self, names: list[str]) -> dict[str, list[Face]]:
        if not names:
            return {}
        found = await self._service.detect(DetectRequest(pictures=names))
        return dict(zip(names, found.faces, strict=True))

    async def _vectors_of(self, chosen: Mapping[str, Face]) -> dict[str, Matrix]:
        if not chosen:
            return {}
        crops = [FaceCrop(picture=name, landmarks=face.landmarks) for name, face in chosen.items()]
        made = await self._service.embed(EmbedFacesRequest(crops=crops))
        return dict(zip(chosen, unpack(made.vectors), strict=True))


def _seen(photo: Photo, name: str | PhotoError, chosen: Mapping[str, Face], vectors: Mapping[str, Matrix]) -> Seen:
    if isinstance(name, str):
        return Seen(photo, chosen.get(name), vectors.get(name))
    # Nobody can be seen in a picture that small; the others are no pictures at all.
    return Seen(photo, unreadable=None if isinstance(name, PhotoTooSmallError) else name.code)


def dominant(faces: Sequence[Face]) -> Face:
    """Whom a photo is of: the largest face; of several about as large, the one nearer to the middle."""

    def standing(face: Face) -> float:
        box = face.box
        off = ((box.left + box.right) / 2 - 0.5) ** 2 + ((box.top + box.bottom) / 2 - 0.5) ** 2
        return box.width * box.height * (1 - off)

    return max(faces, key=standing)


@asynccontextmanager
async def open_studio(settings: Settings) -> AsyncIterator[Studio]:
    """The face-service alone, mounted in memory over a temporary store. Raises UpstreamError without a face model."""
    with tempfile.TemporaryDirectory(prefix="scenedesk-eval-") as folder:
        # The store lies under the data folder; packs stay where the settings have them.
        here = settings.model_copy(update={"data_dir": Path(folder), "models_dir": settings.packs_dir})
        async with open_wire({"face-service": face_service.app.create_app(here)}) as wire:
            service = FaceService(wire)
            yield Studio(service, Store(here.store_dir), await service.model())
