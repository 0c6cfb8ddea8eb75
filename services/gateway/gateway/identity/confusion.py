"""Who is taken for whom, as a picture: rows are true people, columns whom they were named. Pure."""

from collections.abc import Mapping, Sequence
from uuid import UUID
from xml.sax.saxutils import escape

from kernel.contracts.training import Confusion

CELL, MARGIN = 14, 130


def drawn(confusion: Sequence[Confusion], names: Mapping[UUID, str], unknown: str) -> str:
    """An SVG document. A cell is as dark as the part of the person's photos in it; right ones are blue, others red."""
    known = {one for pair in confusion for one in (pair.person_id, pair.named) if one is not None}
    order: list[UUID | None] = [*sorted(known, key=lambda one: (names.get(one, ""), one)), None]
    place = {one: number for number, one in enumerate(order)}
    total: dict[UUID | None, int] = {}
    for pair in confusion:
        total[pair.person_id] = total.get(pair.person_id, 0) + pair.photos
    labels = [unknown if one is None else names.get(one, str(one)[:8]) for one in order]
    side = MARGIN + CELL * len(order) + 10
    cells = [_cell(pair, place[pair.person_id], place[pair.named], total[pair.person_id]) for pair in confusion]
    return "".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" font-family="sans-serif" '
                'font-size="9"><rect width="100%" height="100%" fill="#fff"/>'
            ),
            *(_labels(number, escape(label)) for number, label in enumerate(labels)),
            *cells,
            "</svg>",
        ]
    )


def _cell(pair: Confusion, row: int, column: int, total: int) -> str:
    colour = "#1f5fbf" if row == column else "#c22f2f"
    return (
        f'<rect x="{MARGIN + CELL * column}" y="{MARGIN + CELL * row}" width="{CELL - 1}" height="{CELL - 1}" '
        f'fill="{colour}" fill-opacity="{max(0.15, pair.photos / total):.2f}"><title>{pair.photos}</title></rect>'
    )


def _labels(number: int, label: str) -> str:
    at = MARGIN + CELL * number + CELL - 4
    return (
        f'<text x="{MARGIN - 4}" y="{at}" text-anchor="end">{label}</text>'
        f'<text transform="translate({at} {MARGIN - 4}) rotate(-90)">{label}</text>'
    )
