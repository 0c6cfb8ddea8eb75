"""The bounds of the gallery's gate: near-duplicates, sharpness, outliers; on the photographs of ../shared.

Prints JSON lines: how many copies of a picture are found as such (re-encoded, resized, trimmed) and how many other
pictures are taken for copies; how well faces match another photo of the same person by how sharp they are; how many
planted pictures are found and how many right ones accused.
"""

import asyncio
import io
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from face_service.app import create_app
from gateway.people.near_duplicates import NEAR_BITS, NEAR_COSINE, distance, perceptual_hash
from gateway.people.outliers import outliers
from gateway.people.photos import LEAST_SHARPNESS
from kernel.clients import FaceService
from kernel.contracts.faces import DetectRequest, EmbedFacesRequest, Face, FaceCrop
from kernel.settings import Faces, Settings
from kernel.store import Store
from kernel.telemetry import configure_logs
from kernel.vectors import Matrix, unit, unpack
from kernel.wire import open_wire

FACES = Path(__file__).parents[2] / "shared" / "data" / "faces"
BATCH = 32
BLURS = (0.015, 0.02, 0.025, 0.03, 0.035, 0.04, 0.05, 0.06)  # sigma as a part of the face's side
SIDES = (28, 32, 40, 56, 80)
MATCHES = 0.45
SHARPNESS = (0, 6, 8, 10, 12, 14, 16, 20, 30, 60, 100)


@dataclass(frozen=True)
class Shown:
    """A picture of the store, the largest face in it, what the model makes of it, and its hash."""

    name: str
    face: Face
    vector: Matrix
    hashed: int


@dataclass(frozen=True)
class Studio:
    """The face service, and a store for altered pictures."""

    service: FaceService
    store: Store

    async def look(self, names: Sequence[str]) -> list[Shown]:
        """Pictures without a face are left out."""
        shown: list[Shown] = []
        for first in range(0, len(names), BATCH):
            batch = list(names[first : first + BATCH])
            found = (await self.service.detect(DetectRequest(pictures=batch))).faces
            faces = {n: max(f, key=lambda each: each.side_px) for n, f in zip(batch, found, strict=True) if f}
            if faces:
                crops = [FaceCrop(picture=name, landmarks=face.landmarks) for name, face in faces.items()]
                vectors = unpack((await self.service.embed(EmbedFacesRequest(crops=crops))).vectors)
                hashes = [perceptual_hash(self.store.path(name), face.box) for name, face in faces.items()]
                shown += [Shown(*row) for row in zip(faces, faces.values(), vectors, hashes, strict=True)]
        return shown

    def put(self, name: str, picture: Image.Image, quality: int = 95) -> str:
        self.store.path(name).parent.mkdir(parents=True, exist_ok=True)
        picture.save(self.store.path(name), quality=quality)
        return name

    def opened(self, shown: Shown) -> Image.Image:
        with Image.open(self.store.path(shown.name)) as picture:
            return picture.convert("RGB")


def copies(picture: Image.Image) -> Iterator[tuple[str, Image.Image]]:
    """The picture as it comes back from elsewhere."""
    width, height = picture.size
    for quality in (40, 15):
        encoded = io.BytesIO()
        picture.save(encoded, "JPEG", quality=quality)
        yield f"JPEG {quality}", Image.open(encoded).convert("RGB")
    for part in (2, 4):
        yield f"1/{part} of the size", picture.resize((width // part, height // part), Image.Resampling.LANCZOS)
    yield "trimmed by 5 %", picture.crop((width // 20, height // 20, width - width // 20, height - height // 20))
    yield "trimmed unevenly", picture.crop((width * 12 // 100, height // 25, width * 96 // 100, height * 92 // 100))
    yield "brighter", ImageEnhance.Brightness(picture).enhance(1.15)


def is_copy(one: Shown, other: Shown) -> bool:
    near = distance(one.hashed, other.hashed) <= NEAR_BITS
    return near and float(one.vector @ other.vector) >= NEAR_COSINE


async def near_duplicates(studio: Studio, photos: Sequence[Shown]) -> dict[str, Any]:
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for number, photo in enumerate(photos[::4]):
        altered = enumerate(copies(studio.opened(photo)))
        made = {studio.put(f"copies/{number}-{i}.jpg", copy): kind for i, (kind, copy) in altered}
        for copy in await studio.look(list(made)):
            by_kind[made[copy.name]].append(is_copy(copy, photo))
    pairs = {True: [0, 0, 0], False: [0, 0, 0]}
    for one, other in combinations(photos, 2):
        counted = pairs[person(one) == person(other)]
        counted[0] += 1
        counted[1] += distance(one.hashed, other.hashed) <= NEAR_BITS
        counted[2] += is_copy(one, other)
    columns = ("pairs", "near by hash alone", "taken for a copy")
    return {
        "copies_found": {kind: round(float(np.mean(found)), 3) for kind, found in by_kind.items()},
        "another_photo_of_the_person": dict(zip(columns, pairs[True], strict=True)),
        "a_photo_of_somebody_else": dict(zip(columns, pairs[False], strict=True)),
    }


async def sharpness(studio: Studio, photos: Sequence[Shown]) -> dict[str, Any]:
    """Of every second person's first photo, blurred or made small: the cosine with their other photo."""
    others = {person(photo): photo for photo in photos if "smiling" in photo.name}
    seen: list[tuple[float, float]] = []
    for number, photo in enumerate(photo for photo in photos[::2] if "neutral" in photo.name):
        picture, side = studio.opened(photo), photo.face.side_px
        altered = [picture.filter(ImageFilter.GaussianBlur(blur * side)) for blur in BLURS]
        width, height = picture.size
        altered += [picture.resize((round(width * small / side), round(height * small / side))) for small in SIDES]
        names = [studio.put(f"soft/{number}-{i}.jpg", one, 92) for i, one in enumerate(altered)]
        other = others[person(photo)].vector
        seen += [(shown.face.sharpness, float(shown.vector @ other)) for shown in await studio.look(names)]
    rows = []
    for least, most in zip(SHARPNESS, (*SHARPNESS[1:], np.inf), strict=True):
        cosines = [cosine for sharp, cosine in seen if least <= sharp < most]
        if cosines:
            weak = float(np.mean([cosine < MATCHES for cosine in cosines]))
            rows.append({"from": least, "faces": len(cosines), "p5": _p5(cosines), f"below_{MATCHES}": round(weak, 3)})
    whole = [photo.face.sharpness for photo in photos]
    return {"bound": LEAST_SHARPNESS, "unaltered_least": round(min(whole), 1), "by_sharpness": rows}


def _p5(values: Sequence[float]) -> float:
    return round(float(np.percentile(values, 5)), 3)


def wrong_pictures(gallery: Mapping[UUID, Matrix]) -> dict[str, Any]:
    """One picture of another planted among each person's, who is in the gallery too or is not."""
    people = list(gallery)
    accused = sum(len(outliers(gallery, each)) for each in people)
    counted = {"planted": len(people), "found": 0, "named": 0, "found_of_nobody_known": 0, "right_ones_accused": 0}
    for one, other in zip(people, people[7:] + people[:7], strict=True):
        own = gallery[one]
        mixed = {**gallery, one: np.concatenate([own, gallery[other][-1:]]), other: gallery[other][:-1]}
        found = outliers(mixed, one)
        unknown = outliers({who: rows for who, rows in mixed.items() if who != other}, one)
        counted["found"] += len(own) in found
        counted["named"] += len(own) in found and found[len(own)].looks_like == other
        counted["found_of_nobody_known"] += len(own) in unknown
        counted["right_ones_accused"] += len(found.keys() - {len(own)}) + len(unknown.keys() - {len(own)})
    return {"references": sum(map(len, gallery.values())), "accused_when_clean": accused, **counted}


def person(shown: Shown) -> str:
    return Path(shown.name).name if "london" in shown.name else Path(shown.name).name[:3]


def named(kind: str) -> list[str]:
    return [f"shared/{path.relative_to(FACES)}" for path in sorted((FACES / kind).rglob("*.jpg"))]


async def main() -> None:
    if not FACES.is_dir():
        print(json.dumps({"figure": "references", "skipped": "no ../shared/data/faces beside this checkout"}))
        return
    with tempfile.TemporaryDirectory(prefix="scenedesk-bench-") as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder), faces=Faces(backend="edge"), log_level="warning")
        configure_logs(settings)
        settings.store_dir.mkdir()
        (settings.store_dir / "shared").symlink_to(FACES)
        async with open_wire({"face-service": create_app(settings)}) as wire:
            studio = Studio(FaceService(wire), Store(settings.store_dir))
            london = await studio.look(named("london"))
            talkers = await studio.look(named("grid/gallery"))
            print(json.dumps({"figure": "near_duplicates", **await near_duplicates(studio, london)}))
            print(json.dumps({"figure": "sharpness", **await sharpness(studio, london)}))
        gallery: dict[UUID, list[Matrix]] = defaultdict(list)
        for shown in (*london, *talkers):
            gallery[uuid5(UUID(int=0), person(shown))].append(shown.vector)
        rows = {who: unit(np.stack(its)) for who, its in gallery.items()}
        print(json.dumps({"figure": "outliers", **wrong_pictures(rows)}))


if __name__ == "__main__":
    asyncio.run(main())
