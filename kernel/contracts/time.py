"""Time on the wire: integer milliseconds of the container's own presentation timestamps."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from kernel.contracts.model import Value

Milliseconds = Annotated[int, Field(ge=0)]


class Span(Value):
    """A half-open range `[start_ms, end_ms)`; never empty.

    Half-open, so that adjacent spans neither overlap nor leave a frame to nobody.
    """

    start_ms: Milliseconds
    end_ms: Milliseconds

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.end_ms <= self.start_ms:
            raise ValueError(f"a span must end after it starts: [{self.start_ms}, {self.end_ms})")
        return self

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms

    def overlap_ms(self, other: "Span") -> int:
        """Milliseconds shared with `other`; 0 when they only touch."""
        return max(0, min(self.end_ms, other.end_ms) - max(self.start_ms, other.start_ms))

    def contains(self, at_ms: int) -> bool:
        return self.start_ms <= at_ms < self.end_ms
