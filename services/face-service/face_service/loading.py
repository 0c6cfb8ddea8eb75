"""Choosing a face backend: the one that is set, or the best that this machine can run."""

from face_service.recogniser import Recogniser
from kernel.contracts.errors import Language, Words, spoken
from kernel.inference.backend import BackendUnavailableError, load_backend
from kernel.settings import Settings

# Best that may be used without asking first; dlib's recogniser is weak and comes last.
AUTOMATIC = ("edge", "insightface", "dlib")


def open_recogniser(settings: Settings) -> Recogniser:
    """Load what the settings ask for; nothing is ever downloaded.

    Raises BackendUnavailableError: for `auto` with the reason of every backend that was tried.
    """
    wanted = settings.faces
    names = AUTOMATIC if wanted.backend == "auto" else (wanted.backend,)
    refusals = []
    for name in names:
        try:
            return _load(name, settings)
        except BackendUnavailableError as refusal:
            refusals.append(refusal)
    raise refusals[0] if len(refusals) == 1 else _none_of(refusals)


def _load(name: str, settings: Settings) -> Recogniser:
    wanted = settings.faces
    options = {"packs_dir": settings.packs_dir, "model_dir": wanted.model_dir, "device": wanted.device}
    recogniser: Recogniser = load_backend("face_service", name, **options)
    return recogniser


def _none_of(refusals: list[BackendUnavailableError]) -> BackendUnavailableError:
    reasons = Words.made(lambda language: " | ".join(_said(each, language) for each in refusals))
    return BackendUnavailableError(backend="faces", reason=reasons, remedy=refusals[0].params["remedy"])


def _said(refusal: BackendUnavailableError, language: Language) -> str:
    return f"{refusal.params['backend']}: {spoken(refusal.params['reason'], language)}"
