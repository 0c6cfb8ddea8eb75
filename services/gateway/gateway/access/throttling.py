"""How long somebody waits who has tried too often. Pure."""

from datetime import timedelta

WITHIN = timedelta(minutes=15)
# Tries that cost nothing: from one address at one login; from one address at any; at one login from anywhere.
HERE, ADDRESS, LOGIN = 5, 50, 100
FIRST_S, LONGEST_S = 30, 900


def wait_s(times: int, free: int, ago_s: float) -> int:
    """Seconds still to wait after `times` failures, the last of them `ago_s` ago.

    >>> [wait_s(times, 5, 0) for times in (4, 5, 6, 7, 60)]
    [0, 30, 60, 120, 900]
    """
    over = times - free
    if over < 0:
        return 0
    return max(0, round(min(LONGEST_S, FIRST_S << min(over, 10)) - ago_s))
