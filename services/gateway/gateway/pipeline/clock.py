"""A container's timestamps to the milliseconds people see. Pure."""

from fractions import Fraction

_ONE_PICTURE = Fraction(1, 25)


def milliseconds(ticks: int, base: Fraction) -> int:
    """`ticks` of `base` seconds, rounded up: from this whole millisecond on a picture is the one on screen."""
    return -(-ticks * 1000 * base.numerator // base.denominator)


class Clock:
    """Presentation timestamps to milliseconds since the first picture, never going back.

    Where the container's own clock jumps (recordings joined together, a broken index) time goes on by one
    picture. A jump is a step back of a second; a step ahead of ten in containers whose clock may jump; in
    the others a step past the end they claim, or of an hour.
    """

    def __init__(self, base: Fraction, rate: Fraction | None, *, may_jump: bool, claimed_ms: int | None) -> None:
        self._base = base
        self._second = round(1 / base)
        self._step = max(1, round((1 / rate if rate else _ONE_PICTURE) / base))
        self._widest_gap = self._second * (10 if may_jump else 3600)
        self._latest = (claimed_ms + 10_000) * self._second // 1000 if claimed_ms and not may_jump else None
        self._zero: int | None = None
        self._ticks, self._duration = 0, 0

    def read(self, pts: int | None, duration: int | None) -> int | None:
        """A picture's first millisecond on screen; None when it is no later than the one before.

        `pts` and `duration` in ticks, as the container has them or not.
        """
        if self._zero is None:
            self._zero = pts or 0
        else:
            ticks = self._since_zero(pts, self._zero)
            if milliseconds(ticks, self._base) <= self.at_ms:
                return None
            self._ticks = ticks
        self._duration = duration or 0
        return self.at_ms

    @property
    def at_ms(self) -> int:
        return milliseconds(self._ticks, self._base)

    @property
    def end_ms(self) -> int:
        """Until when the picture read last is on screen, when none follows."""
        step = self._duration if 0 < self._duration <= self._widest_gap else self._step
        return max(self.at_ms + 1, milliseconds(self._ticks + step, self._base))

    def _since_zero(self, pts: int | None, zero: int) -> int:
        expected = self._ticks + self._step
        if pts is None:
            return expected
        ticks = pts - zero
        back = ticks < self._ticks - self._second
        ahead = ticks > self._ticks + self._widest_gap or (self._latest is not None and ticks > self._latest)
        if not (back or ahead):
            return ticks
        self._zero = pts - expected
        return expected
