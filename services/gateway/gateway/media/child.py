"""Child processes for what strangers send: bounded, and told nothing they don't need."""

import contextlib
import os
import resource


def bare_environment() -> dict[str, str]:
    """What a child needs to find its interpreter and libraries; no setting and no secret among it."""
    needed = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "LC_ALL", "HOME", "TMPDIR")
    return {name: os.environ[name] for name in needed if name in os.environ}


def limit_child(*, memory_bytes: int, cpu_s: int, file_bytes: int = 0) -> None:
    """Bound this process. A platform that knows no such limit (macOS, for memory) goes without it."""
    limits = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_CPU: cpu_s,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in limits.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
