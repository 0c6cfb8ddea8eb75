"""A backend is one file, `<service>/backends/<name>.py`, with `Options`, `load(options)` and a docstring.

The docstring says which model, where its weights come from, their licence, input and output shapes and
units. Heavy imports happen inside `load`. What `load` returns has `predict(batch)`: as many out as in,
order kept, an empty batch allowed.
"""

import importlib
import pkgutil
from typing import Any, ClassVar, Protocol

from kernel.contracts.errors import Language, ScenedeskError, Words
from kernel.contracts.models import ModelCard


class BackendUnavailableError(ScenedeskError):
    """A library or weight a backend needs is not there; `remedy` is the command that brings it."""

    status = 503
    code = "backend_unavailable"
    sentences: ClassVar[dict[Language, str]] = {
        "en": "The backend {backend} can't run: {reason}. To mend it: {remedy}",
        "ko": "백엔드 {backend}을(를) 실행할 수 없습니다: {reason}. 해결 방법: {remedy}",
    }


def not_installed(library: object) -> Words:
    """The reason of a library that is not there."""
    return Words(f"{library} is not installed", f"{library}이(가) 설치되지 않았습니다")


def unreadable(what: object, error: object) -> Words:
    """The reason of a file or a model that is there and can't be read; a library's own words are English."""
    first = str(error).partition("\n")[0]
    return Words(f"{what} can't be read: {first}", f"{what}을(를) 읽을 수 없습니다: {first}")


class Backend(Protocol):
    """A loaded model. `predict` may be called from any thread, one call at a time."""

    card: ModelCard

    def predict(self, batch: list[Any]) -> list[Any]: ...


def backend_names(package: str) -> list[str]:
    """Every backend a service has, by file name, sorted."""
    module = importlib.import_module(f"{package}.backends")
    return sorted(found.name for found in pkgutil.iter_modules(module.__path__) if not found.name.startswith("_"))


def load_backend(package: str, name: str, **options: Any) -> Any:
    """Load `<package>.backends.<name>`; options it does not know are an error.

    Raises BackendUnavailableError when a library or weight is missing or the name is unknown.
    """
    if name not in backend_names(package):
        known = ", ".join(backend_names(package))
        reason = Words("there is no such backend", "그런 백엔드가 없습니다")
        raise BackendUnavailableError(
            backend=name, reason=reason, remedy=Words(f"choose of: {known}", f"선택: {known}")
        )
    module = importlib.import_module(f"{package}.backends.{name}")
    return module.load(module.Options(**options))
