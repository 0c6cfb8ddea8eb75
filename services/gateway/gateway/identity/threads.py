"""How many threads comparing faces may take: one."""

from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[Any]:
    """BLAS in one thread meanwhile, in the whole process.

    Matrices of faces are small, and several threads wait for each other at each of them: on two busy cores ten
    times as long as one thread works, and everybody else waits too.
    """
    limit: AbstractContextManager[Any] = _pools().limit(limits=1, user_api="blas")
    return limit


@cache
def _pools() -> ThreadpoolController:
    """Found once: looking for the libraries takes longer than many a product of two matrices."""
    return ThreadpoolController()
