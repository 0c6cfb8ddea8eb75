"""How long somebody waits who has tried too often. Pure."""

from datetime import timedelta

WITHIN = timedelta(minutes=15)
# Tries that cost nothing: from one address at one login; from one address at any; at one login from anywhere.
HERE, ADDRESS, LOGIN = 5, 50, 100
LONGEST_S = 900


def wait_s(times: int, free: int, ago_s: float) -> int:
    """Seconds still to wait after `times` failures, the last of them `ago_s` ago: 2, 4, 8, … beyond the free ones."""
    over = times - free
    if over < 0:
        return 0
    return max(0, round(min(LONGEST_S, 1 << min(over + 1, 20)) - ago_s))
