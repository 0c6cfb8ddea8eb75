"""The shared store: files that services name to each other instead of sending them."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import ClassVar

from kernel.contracts.errors import Language, ScenedeskError


class StoreNameError(ScenedeskError):
    status = 400
    code = "store_name"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "That is no name in the store: {name}",
        "ko": "저장소에 쓸 수 없는 이름입니다: {name}",
    }


class Store:
    """Files under one root, addressed by relative POSIX names such as `frames/3f2a/000012040.jpg`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, name: str) -> Path:
        """The file a name stands for. Raises StoreNameError for anything that could leave the root."""
        pure = PurePosixPath(name)
        if not name or "\x00" in name or pure.is_absolute() or ".." in pure.parts:
            raise StoreNameError(name=name[:200])
        return self.root / pure

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """A temporary path that becomes `name` when the block ends well, and vanishes when it does not."""
        target = self.path(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, raw = tempfile.mkstemp(dir=target.parent, prefix=".part-", suffix=target.suffix)
        os.close(handle)
        partial = Path(raw)
        # mkstemp shuts others out; readers in other containers may be other users.
        partial.chmod(0o644)
        try:
            yield partial
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)

    @contextmanager
    def filling(self, name: str) -> Iterator[Path]:
        """A temporary folder that becomes `name` when the block ends well, and vanishes when it does not.

        One at a time for a name: what a killed process left of an earlier one is removed first.
        """
        target = self.path(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        for left in target.parent.glob(f".part-{target.name}-*"):
            shutil.rmtree(left, ignore_errors=True)
        partial = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".part-{target.name}-"))
        replaced = partial.with_name(f"{partial.name}-replaced")
        partial.chmod(0o755)  # as in `writing`
        try:
            yield partial
            if target.exists():
                target.rename(replaced)
            partial.rename(target)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
            shutil.rmtree(replaced, ignore_errors=True)
