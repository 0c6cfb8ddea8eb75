"""The pipeline as a page: from a file to segments that can be found.

Read `process` from top to bottom; below it, each step says what it depends on and who does its work. Each is
durable: kept under everything it depends on, it is never done twice, and a new model redoes its own step and
what follows from it, nothing before.
"""

import asyncio
from hashlib import sha256

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.captions.entry import NOBODY
from gateway.editor.labels import labels
from gateway.identity import gallery
from gateway.library import frame_hashes, rulings, series
from gateway.people import merging
from gateway.people.callings import callings
from gateway.people.renaming import naming
from gateway.pipeline import frames
from gateway.pipeline.describe import Described, Names, clips_of, describe
from gateway.pipeline.fetching import File, bring, measure
from gateway.pipeline.frame_hashes import FrameHashes, hash_frames
from gateway.pipeline.frames import Look, LookOptions, Probe
from gateway.pipeline.merge import merge
from gateway.pipeline.naming import FollowedFaces, Known, NamedTracks, follow_faces, name_tracks
from gateway.pipeline.publish import LedgerMovedError, index_segments, publish_opinion
from gateway.pipeline.run import RunContext, kept_of
from gateway.pipeline.shots import segments_of
from gateway.pipeline.sightings import FaceFinds, find_faces
from kernel.contracts.library import STEPS, Segment, StepName
from kernel.contracts.model import Value

# Raise a step's number when its code makes something else of the same inputs: then it is done again.
REVISIONS: dict[StepName, int] = dict.fromkeys(STEPS, 1) | {"tracks": 2}


class Opinion(Value):
    """The machine's timeline, before it becomes an edit."""

    segments: tuple[Segment, ...]


class Published(Value):
    """The version of the timeline that holds the opinion."""

    version: int


class Indexed(Value):
    """How many documents search learnt of."""

    documents: int


async def process(run: RunContext) -> None:
    """Index the run's video.

    Raises MediaError for a file that can't be used, UnavailableError or BusyError while a service is away,
    CancelledRunError and FencedError when the run is over for us.
    """
    file = await fetched(run)
    await probed(run, file)
    look = await looked_at(run, file)
    hashes = await frames_hashed(run, look)
    faces = await faces_found(run, look)
    followed = await faces_followed(run, look, faces)
    published = None
    while published is None:  # somebody may rule on a face while sentences are made of the names
        named = await tracks_identified(run, followed)
        described = await spans_described(run, look, named)
        opinion = await merged(run, look, named, described)
        published = await opinion_published(run, hashes, followed, named, opinion)
    await touched_indexed(run, published)


async def fetched(run: RunContext) -> File:
    return await run.steps.step(
        "fetch", depends("fetch", run.video.origin), File, lambda progress: bring(run, progress)
    )


async def probed(run: RunContext, file: File) -> Probe:
    path = file.path(run)
    return await run.steps.write(
        "probe", depends("probe", content(file)), Probe, lambda connection: measure(connection, run.video, file, path)
    )


async def looked_at(run: RunContext, file: File) -> Look:
    options = LookOptions.of(run.settings.pipeline)
    prefix = f"frames/{run.video.id}/{content(options)[:16]}"
    return await run.steps.step(
        "look",
        depends("look", file.content_hash, content(options)),
        Look,
        lambda progress: asyncio.to_thread(
            frames.look, file.path(run), run.store, prefix, options, progress.report, progress.stopped
        ),
    )


async def frames_hashed(run: RunContext, look: Look) -> FrameHashes:
    return await run.steps.step(
        "frames",
        depends("frames", content(look)),
        FrameHashes,
        lambda progress: asyncio.to_thread(hash_frames, run.store, look.pictures, progress.report, progress.stopped),
    )


async def faces_found(run: RunContext, look: Look) -> FaceFinds:
    detector = (await run.services.faces.model()).detector.model_id
    return await run.steps.step(
        "faces",
        depends("faces", content(look), detector),
        FaceFinds,
        lambda progress: find_faces(run.services.faces, detector, look.pictures, progress.report),
    )


async def faces_followed(run: RunContext, look: Look, faces: FaceFinds) -> FollowedFaces:
    """Whom two faces are taken for decides where a track is parted: the model's threshold is an input."""
    model, crops = await run.services.faces.model(), run.settings.pipeline.crops_per_track
    alike = repr(model.default_threshold)
    return await run.steps.step(
        "tracks",
        depends("tracks", content(look), content(faces), model.embedder.model_id, alike, str(crops)),
        FollowedFaces,
        lambda progress: follow_faces(run.services.faces, model, look, faces, crops, progress.report),
    )


async def tracks_identified(run: RunContext, followed: FollowedFaces) -> NamedTracks:
    """The gallery, the line-up and the ledger are inputs: a new reference or ruling decides again, nothing before."""
    opened = await gallery.open_gallery(run.database, run.services.faces, run.settings, followed.model_id)
    async with run.database.transaction() as connection:
        said = await rulings.active(connection, [run.video.id])
        resolved = await merging.resolved(connection)
        line_up = await series.line_up_of(connection, run.video.id, resolved)
    known = Known(opened.gallery, line_up, said, resolved)
    compared = "everybody" if line_up is None else " ".join(map(str, sorted(line_up)))
    ledger = " ".join(str(ruling.id) for ruling in said)
    merges = " ".join(f"{one}>{into}" for one, into in sorted(resolved.items()))
    return await run.steps.step(
        "identify",
        depends("identify", content(followed), opened.fingerprint, compared, ledger, merges),
        NamedTracks,
        lambda _: asyncio.to_thread(name_tracks, run.video.id, followed, known),
    )


async def spans_described(run: RunContext, look: Look, named: NamedTracks) -> Described:
    """Only spans whose pictures or people changed since the last run are described again."""
    model = await run.services.captions.model()
    makers = [card.model_id for card in (model.captioner, model.detector) if card is not None]
    names = await _names(run, named)
    clips = await asyncio.to_thread(clips_of, look, segments_of(look.shots), named.tracks, names)
    former = await kept_of(run.database, run.video.id, "captions", Described)
    return await run.steps.step(
        "captions",
        depends("captions", *makers, *map(content, clips)),
        Described,
        lambda progress: describe(run.services.captions, clips, makers, former, progress.report),
    )


async def merged(run: RunContext, look: Look, named: NamedTracks, described: Described) -> Opinion:
    """What a captioner wrote may name only whom tracks support: then everybody's names are an input too."""
    generated = any(caption.kind == "generated" for caption in described.captions.values())
    async with run.database.transaction() as connection:
        known = await callings(connection) if generated else NOBODY

    async def work(_: object) -> Opinion:
        spans = segments_of(look.shots)
        segments = await asyncio.to_thread(merge, run.video.id, spans, named.tracks, described.captions, known)
        return Opinion(segments=tuple(segments))

    parts = [content(look), content(named), content(described), *([known.fingerprint] if generated else [])]
    return await run.steps.step("merge", depends("merge", *parts), Opinion, work)


async def opinion_published(
    run: RunContext, hashes: FrameHashes, followed: FollowedFaces, named: NamedTracks, opinion: Opinion
) -> Published | None:
    """None when somebody ruled on the video since its tracks were named."""

    async def work(connection: AsyncConnection) -> Published:
        await frame_hashes.replace(connection, run.video.id, hashes.frames)
        version = await publish_opinion(connection, run.video.id, named, followed.vectors, opinion.segments)
        return Published(version=version)

    parts = (content(hashes), content(followed), content(named), content(opinion))
    try:
        return await run.steps.write("publish", depends("publish", *parts), Published, work)
    except LedgerMovedError:
        return None


async def touched_indexed(run: RunContext, published: Published) -> Indexed:
    """The edit's own job does the same; doing it here too lets a run that is done be searched at once."""

    async def work(_: object) -> Indexed:
        version = published.version
        return Indexed(documents=await index_segments(run.database, run.services.embed, run.video.id, version))

    return await run.steps.step("index", depends("index", content(published)), Indexed, work)


async def _names(run: RunContext, named: NamedTracks) -> Names:
    """Merged people are called as whom they turned out to be, unless that one is there too."""
    ids = {track.person_id for track in named.tracks}
    async with run.database.transaction() as connection:
        called = labels(ids, await naming(connection))
    return {person: called[person] for person in ids if person in called}


def depends(step: StepName, *parts: str) -> list[str]:
    """What a step's result depends on: its own code, and `parts`."""
    return [f"revision {REVISIONS[step]}", *parts]


def content(value: BaseModel) -> str:
    """A hash of what a value says: equal content, equal hash, whoever made it and when."""
    return sha256(value.model_dump_json().encode()).hexdigest()
