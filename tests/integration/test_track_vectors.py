"""The index over track vectors finds what comparing all of them finds, and is built when it pays."""

from pathlib import Path

from sqlalchemy import text

from gateway.library import track_vectors
from kernel.storage.database import Database
from tests.cast import MODEL, Cast, alone, photographed


async def test_by_the_index_all_near_tracks_are_found(database: Database, shared: Path) -> None:
    cast = Cast(database, photographed(shared))
    everybody = sorted(cast.vectors)
    for photo in (0, 1):
        await cast.video(*alone(everybody, photo=photo))
    asked = [cast.vectors[who][0] for who in everybody[:20]]

    async def near() -> list[list[track_vectors.Near]]:
        async with database.transaction() as connection:
            return [await track_vectors.within(connection, MODEL, vector, 0.3) for vector in asked]

    exact = await near()
    assert all(len(found) >= 2 for found in exact)
    async with database.transaction() as connection:
        assert not await track_vectors.lacks_index(connection, MODEL), "so few are compared faster without"
    assert await track_vectors.build_index(database, MODEL)
    assert not await track_vectors.build_index(database, MODEL), "it is there"
    indexed = await near()
    assert [[one.track_id for one in found] for found in indexed] == [
        [one.track_id for one in found] for found in exact
    ]
    async with database.transaction() as connection:
        await connection.execute(text("set local enable_seqscan = off"))
        (vector,) = asked[:1]
        assert await track_vectors.within(connection, MODEL, vector, 0.3) == indexed[0]
