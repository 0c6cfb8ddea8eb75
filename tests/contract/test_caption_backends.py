"""What every caption backend must do, whichever files lie in `backends/`."""

import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import tiny_blip

from caption_service.captioner import Captioner, Sentence
from caption_service.scene import Scene
from kernel.contracts.captions import Clip, ClipPicture, SeenObject, SeenPerson
from kernel.contracts.faces import Box
from kernel.contracts.time import Span
from kernel.inference.backend import BackendUnavailableError, backend_names, load_backend

SERVICE = "caption_service"
NAMES = backend_names(SERVICE)
# Width and height in pixels: tall, wide, a single pixel, larger than any network's input.
SIZES = [(64, 48), (31, 97), (200, 3), (1, 1), (1300, 700)]


@pytest.fixture(scope="module", params=["opt", "t5"])
def checkpoint(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_blip.save(tmp_path_factory.mktemp(request.param), request.param)


@pytest.fixture(scope="module", params=NAMES)
def backend(request: pytest.FixtureRequest, checkpoint: Path) -> Captioner:
    options = {} if request.param == "observed" else {"model": str(checkpoint)}
    loaded: Captioner = load_backend(SERVICE, request.param, **options)
    return loaded


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> list[Scene]:
    """Clips that differ in size, number of pictures, people and names; in a folder with a Korean name."""
    folder = tmp_path_factory.mktemp("장면 ü")
    return [_scene(folder, rank, size) for rank, size in enumerate(SIZES)]


def _scene(folder: Path, rank: int, size: tuple[int, int]) -> Scene:
    random = np.random.default_rng(rank)
    files = [folder / f"그림 {rank}-{number}.png" for number in range(rank + 1)]
    for file in files:
        cv2.imencode(".png", random.integers(0, 256, (size[1], size[0], 3), np.uint8))[1].tofile(file)
    people = [SeenPerson(name_ko=f"민지 {rank} 🎤", name_en=f"Minji {rank} é", share=0.5)][: rank % 2]
    cup = SeenObject(
        label="cup", label_ko="컵", count=rank + 1, score=0.9, picture="p", box=Box(left=0, top=0, right=1, bottom=1)
    )
    taken = [ClipPicture(name=file.name, at_ms=at) for at, file in enumerate(files)]
    clip = Clip(key=f"클립 {rank}", span=Span(start_ms=0, end_ms=1000), pictures=taken, people=people)
    return Scene(clip, tuple(files), (cup,))


def test_every_backend_has_a_documented_file_with_options_and_load() -> None:
    assert NAMES == ["blip2", "eilev", "observed"]
    for name in NAMES:
        module = importlib.import_module(f"{SERVICE}.backends.{name}")
        documented = (module.__doc__ or "").lower()
        assert all(word in documented for word in ("weights", "licence", "input", "output")), name
        assert module.Options.model_config.get("extra") == "forbid"


def test_its_card_says_who_speaks(backend: Captioner) -> None:
    card = backend.card
    assert card.backend in NAMES
    assert card.licence
    assert card.source
    assert "@" in card.model_id or "+" in card.model_id
    assert card.notice_en
    assert card.notice_ko
    assert backend.kind == ("observed" if card.backend == "observed" else "generated")


def test_no_scenes_make_no_sentences(backend: Captioner) -> None:
    assert backend.predict([]) == []


def test_as_many_sentences_as_scenes_in_their_order(backend: Captioner, scenes: list[Scene]) -> None:
    forth, back = backend.predict(scenes), backend.predict(scenes[::-1])
    assert len(forth) == len(scenes)
    assert forth == back[::-1]
    assert len(set(forth)) > 1, "a backend that says the same of everything can't show a wrong order"


def test_one_at_a_time_is_the_same_as_all_together(backend: Captioner, scenes: list[Scene]) -> None:
    assert [said for scene in scenes for said in backend.predict([scene])] == backend.predict(scenes)


def test_sentences_are_storable_text(backend: Captioner, scenes: list[Scene]) -> None:
    for said in backend.predict(scenes):
        assert isinstance(said, Sentence)
        for text in filter(None, (said.en, said.ko)):
            assert text == text.strip()
            assert not any(ord(letter) < ord(" ") for letter in text)
            text.encode("utf-8")


def test_unknown_options_are_refused() -> None:
    for name in NAMES:
        with pytest.raises(ValueError, match="nonsense"):
            load_backend(SERVICE, name, nonsense=1)


def _with(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).write_bytes(content)
    return folder


def _without_weights(folder: Path) -> Path:
    from safetensors.numpy import load_file, save_file  # noqa: PLC0415 - only here

    weights = load_file(folder / "model.safetensors")
    del weights["query_tokens"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


@pytest.mark.parametrize("name", [name for name in NAMES if name != "observed"])
@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda folder: folder / "absent", "has not been downloaded"),
        (lambda folder: _with(folder, "config.json", b'{"model_type": "opt"}'), "opt checkpoint, not blip-2"),
        (lambda folder: _with(folder, "model.safetensors", b"\0" * 64), "model.safetensors|Safetensor|header"),
        (lambda folder: _with(folder, "config.json", b"{"), "config.json"),
        (_without_weights, "weights of the model are not in the file"),
    ],
    ids=["absent", "another model", "broken weights", "broken config", "weights missing"],
)
def test_a_checkpoint_that_cannot_be_used_is_named_with_its_remedy(
    name: str, spoil: Callable[[Path], Path], reason: str, tmp_path: Path
) -> None:
    folder = spoil(tiny_blip.save(tmp_path / "tiny", "opt"))
    with pytest.raises(BackendUnavailableError, match=reason) as refused:
        load_backend(SERVICE, name, model=str(folder))
    assert "SCENEDESK_CAPTIONS__MODEL" in refused.value.sentence("en")
    assert str(folder) in refused.value.sentence("ko")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "observed"])
def test_a_hub_name_is_looked_up_on_this_machine_and_never_fetched(name: str) -> None:
    with pytest.raises(BackendUnavailableError, match="has not been downloaded") as refused:
        load_backend(SERVICE, name, model="nobody/no-such-captioner")
    assert "hf download nobody/no-such-captioner" in refused.value.sentence("ko")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "observed"])
def test_a_device_that_is_not_there_is_named(name: str, tmp_path: Path) -> None:
    import torch  # noqa: PLC0415 - only here

    if torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    with pytest.raises(BackendUnavailableError, match="no CUDA device"):
        load_backend(SERVICE, name, model=str(tmp_path), device="cuda")


@pytest.mark.parametrize("library", ["torch", "transformers"])
@pytest.mark.parametrize("name", [name for name in NAMES if name != "observed"])
def test_a_library_that_is_not_installed_is_named_with_its_extra(name: str, library: str) -> None:
    """In a process of its own, where importing the library fails as if it were not there."""
    program = f"""
import sys
sys.modules[{library!r}] = None
from kernel.inference.backend import BackendUnavailableError, load_backend
try:
    load_backend({SERVICE!r}, {name!r}, model="/")
except BackendUnavailableError as refused:
    print(refused)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert f"{library} is not installed" in ran.stdout
    assert "pip install 'scenedesk[hub]'" in ran.stdout
