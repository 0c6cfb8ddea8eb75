"""Deciding tracks again from what was seen of them and what people have said since. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import attrgetter
from uuid import UUID

from gateway.identity.ledger import AnchoredRuling, Followed, Word, on_tracks, word_of
from gateway.pipeline.identify import Evidence, SeenTrack, columns_of, decided, seen_together
from kernel.contracts.library import Track


def reached(tracks: Sequence[Track], touched: Collection[UUID]) -> set[UUID]:
    """The tracks of one video that a word on the `touched` ones may concern: all on screen with them, and so on."""
    found: set[UUID] = set()
    for chain in _chains(tracks):
        ids = {track.id for track in chain}
        if not ids.isdisjoint(touched):
            found |= ids
    return found


def _chains(tracks: Iterable[Track]) -> list[list[Track]]:
    """Tracks in runs without a moment at which none is on screen."""
    chains: list[list[Track]] = []
    ends = 0
    for track in sorted(tracks, key=attrgetter("span.start_ms")):
        if not chains or track.span.start_ms >= ends:
            chains.append([])
        chains[-1].append(track)
        ends = max(ends, track.span.end_ms)
    return chains


def redecided(
    tracks: Sequence[SeenTrack],
    before: Sequence[AnchoredRuling],
    now: Sequence[AnchoredRuling],
    resolved: Mapping[UUID, UUID],
) -> list[SeenTrack]:
    """Those of one video's `tracks` that are somebody else under the rulings that stand `now`, as they are then.

    `before` are the rulings under which they were decided last.
    """
    followed = [Followed(seen.track.span, seen.track.faces) for seen in tracks]
    hung, hang = on_tracks(before, followed), on_tracks(now, followed)
    words = {index: word_of(said, resolved) for index, said in hang.items()}
    together = seen_together([[face.at_ms for face in its.faces] for its in followed])
    decisions = decided([s.track.id for s in tracks], [s.evidence for s in tracks], together, words, resolved)
    changed = []
    for index, (seen, decision) in enumerate(zip(tracks, decisions, strict=True)):
        placed = _placed(seen, hung.get(index, ()), hang.get(index, ()), words.get(index, Word()))
        then = placed._replace(track=seen.track.model_copy(update=columns_of(decision)))
        if then != seen:
            changed.append(then)
    return changed


def _placed(seen: SeenTrack, before: Iterable[AnchoredRuling], now: Iterable[AnchoredRuling], word: Word) -> SeenTrack:
    """The track with the stranger it belongs to; where the machine had put it is kept while somebody says otherwise."""
    machines = seen.evidence.stranger_id if _on_strangers(before) else seen.stranger_id
    if not _on_strangers(now):
        return _put(seen, machines, None)
    refused = machines in word.not_strangers
    return _put(seen, word.stranger_id or (None if refused else machines), machines)


def _put(seen: SeenTrack, stranger_id: UUID | None, kept: UUID | None) -> SeenTrack:
    evidence: Evidence = seen.evidence.model_copy(update={"stranger_id": kept})
    return seen._replace(stranger_id=stranger_id, evidence=evidence)


def _on_strangers(rulings: Iterable[AnchoredRuling]) -> bool:
    return any(ruling.stranger_id is not None for ruling in rulings)
