"""EILEV's and BLIP-2's steps against references, on a checkpoint of random weights."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tiny_blip
import torch
from transformers import BlipImageProcessorPil

from caption_service.backends import blip2, eilev
from caption_service.backends._blip import Generation, fingerprint, open_blip
from caption_service.scene import Scene
from kernel.contracts.captions import Clip, ClipPicture
from kernel.contracts.time import Span
from kernel.inference.backend import BackendUnavailableError

LANGUAGES = ("opt", "t5")
LONGEST = 32


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def checkpoint(language: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_blip.save(tmp_path_factory.mktemp("tiny"), language)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[list[Path]]:
    """Six clips of eight pictures that change."""
    folder = tmp_path_factory.mktemp("clips")
    return [[_picture(folder / f"{clip}-{at}.png", 8 * clip + at) for at in range(8)] for clip in range(6)]


def _picture(file: Path, seed: int) -> Path:
    cv2.imwrite(str(file), np.random.default_rng(seed).integers(0, 256, (40, 56, 3), np.uint8))
    return file


def _scene(files: Sequence[Path]) -> Scene:
    taken = [ClipPicture(name=file.name, at_ms=at) for at, file in enumerate(files)]
    return Scene(Clip(key="k", span=Span(start_ms=0, end_ms=1000), pictures=taken), tuple(files))


def _lesson(clips: list[list[Path]], file: Path) -> Path:
    """Two answered examples in the file that teaches EILEV; the pictures' names are relative to it."""
    examples = [
        {"pictures": [str(picture) for picture in clip], "answer": f"Two people sit, {rank}."}
        for rank, clip in enumerate(clips)
    ]
    file.write_text(json.dumps({"question": "What is happening?", "examples": examples}), encoding="utf-8")
    return file


def _reference_tokens(model: Any, tokenizer: Any, videos: torch.Tensor, texts: list[str]) -> torch.Tensor:
    """EILEV's published steps, written out for one prompt: `videos` is [videos, channel, time, height, width].

    Time is folded into the batch for the vision model, the Q-Former reads all frames of a video at once,
    and what it gives replaces the prompt's pads where the mask is 1.
    """
    queries, opt = model.config.num_query_tokens, not model.language_model.config.is_encoder_decoder
    newline = tokenizer("\n", add_special_tokens=False).input_ids[0]
    ids, mask = ([tokenizer.bos_token_id], [0]) if opt else ([], [])
    for rank, text in enumerate(texts):
        ids += [tokenizer.pad_token_id] * queries + [newline]
        mask += [1] * queries + [0]
        words = tokenizer(text + ("\n" if rank < len(texts) - 1 else ""), add_special_tokens=False).input_ids
        ids, mask = ids + words, mask + [0] * len(words)
    if not opt:
        ids, mask = [*ids, tokenizer.eos_token_id], [*mask, 0]
    count, channel, time, height, width = videos.shape
    flat = videos.permute(0, 2, 1, 3, 4).reshape(count * time, channel, height, width)
    seen = model.vision_model(pixel_values=flat).last_hidden_state
    hidden = seen.reshape(count, time * seen.shape[1], seen.shape[2])
    read = model.qformer(query_embeds=model.query_tokens.expand(count, -1, -1), encoder_hidden_states=hidden)
    visual = model.language_projection(read.last_hidden_state).reshape(count * queries, -1)
    embedded = model.get_input_embeddings()(torch.tensor([ids]))
    embedded[torch.tensor([mask]).bool()] = visual
    return model.language_model.generate(
        inputs_embeds=embedded,
        attention_mask=torch.ones(1, len(ids), dtype=torch.long),
        max_new_tokens=LONGEST,
        num_beams=5,
        do_sample=False,
        length_penalty=-1,
        **({"eos_token_id": newline} if opt else {}),
    )


def _videos(clips: Sequence[Sequence[Path]]) -> torch.Tensor:
    processor = BlipImageProcessorPil(size={"height": 28, "width": 28})
    frames = [[cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB) for file in clip] for clip in clips]
    return torch.stack(
        [processor(images=clip, return_tensors="pt").pixel_values.permute(1, 0, 2, 3) for clip in frames]
    )


@pytest.mark.parametrize("shown", [0, 2], ids=["no examples", "two examples"])
def test_eilev_writes_the_tokens_of_the_published_steps(
    checkpoint: Path, clips: list[list[Path]], shown: int, tmp_path: Path
) -> None:
    file = _lesson(clips[:shown], tmp_path / "examples.json")
    backend = eilev.load(eilev.Options(model=str(checkpoint), examples=file))
    blip, lesson = backend._blip, backend._lesson
    ours = [
        blip.write(backend._prompt, blip.see([clip], eilev.FRAMES), Generation(), backend._shown)[0]
        for clip in clips[2:]
    ]
    with torch.inference_mode():
        reference = [
            _reference_tokens(blip._model, blip._tokenizer, _videos([*clips[:shown], clip]), lesson.texts)
            for clip in clips[2:]
        ]
    assert ours == [blip._tokenizer.batch_decode(tokens, skip_special_tokens=True)[0] for tokens in reference]
    assert len(set(ours)) > 1, "the words must depend on the clip"


def test_examples_change_what_is_said(checkpoint: Path, clips: list[list[Path]], tmp_path: Path) -> None:
    taught = eilev.load(eilev.Options(model=str(checkpoint), examples=_lesson(clips[:2], tmp_path / "e.json")))
    plain = eilev.load(eilev.Options(model=str(checkpoint)))
    assert taught.predict([_scene(clips[2])]) != plain.predict([_scene(clips[2])])
    assert taught.card.model_id != plain.card.model_id


def test_examples_of_a_batch_are_the_same_as_for_one(checkpoint: Path, clips: list[list[Path]], tmp_path: Path) -> None:
    backend = eilev.load(eilev.Options(model=str(checkpoint), examples=_lesson(clips[:1], tmp_path / "e.json")))
    scenes = [_scene(clip) for clip in clips[1:]]
    assert backend.predict(scenes) == [backend.predict([scene])[0] for scene in scenes]


def test_the_order_of_frames_and_every_frame_count(checkpoint: Path, clips: list[list[Path]]) -> None:
    """Eight frames are no bag of one: another last frame gives other visual tokens."""
    blip = open_blip("eilev", str(checkpoint), "cpu", "float32")
    whole, changed = blip.see([clips[0], [*clips[0][:7], clips[1][7]]], eilev.FRAMES)
    assert not torch.equal(whole, changed)


def test_blip2_writes_what_the_stock_generate_writes(checkpoint: Path, clips: list[list[Path]]) -> None:
    """Transformers' own generate is the reference: image tokens, BOS for OPT, the prompt, EOS for T5."""
    backend = blip2.load(blip2.Options(model=str(checkpoint)))
    blip = backend._blip
    model, tokenizer = blip._model, blip._tokenizer
    words = tokenizer(blip2.PROMPT, add_special_tokens=False).input_ids
    marked = [*blip.begin, *words, *blip.end]
    ids = torch.tensor([[tiny_blip.IMAGE_TOKEN] * 4 + marked])
    for clip in clips:
        pixels = _videos([[clip[4]]])[:, :, 0]
        stock = model.generate(
            pixel_values=pixels,
            input_ids=ids,
            max_new_tokens=blip2.HOW.longest,
            num_beams=blip2.HOW.beams,
            **({"eos_token_id": blip.newline} if blip.decoder_only else {}),
        )
        if blip.decoder_only and stock.shape[1] > blip2.HOW.longest:
            stock = stock[:, ids.shape[1] :]  # it also returns the prompt
        ours = blip.write(backend._prompt, blip.see([clip], 1), blip2.HOW)
        assert ours == tokenizer.batch_decode(stock, skip_special_tokens=True)


def test_an_opt_model_ends_its_caption_with_a_new_line(clips: list[list[Path]], tmp_path: Path) -> None:
    """A model made to write new lines: the caption is what comes before the first of them."""
    blip = open_blip("blip2", str(tiny_blip.save(tmp_path, "opt")), "cpu", "float32")
    with torch.no_grad():
        blip._model.get_input_embeddings().weight[blip.newline] *= 4
    prompt = [*[None] * blip.queries, *blip.begin, *blip.ids(blip2.PROMPT)]
    said = [blip.write(prompt, blip.see([clip], 1), Generation(beams=1))[0] for clip in clips]
    assert any(text.endswith("\n") for text in said)
    assert all("\n" not in text[:-1] for text in said)


def test_bin_and_safetensors_say_the_same(language: str, clips: list[list[Path]], tmp_path: Path) -> None:
    said = [
        eilev.load(eilev.Options(model=str(tiny_blip.save(tmp_path / form, language, form)))).predict(
            [_scene(clips[0])]
        )
        for form in ("safetensors", "bin")
    ]
    assert said[0] == said[1]


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_sees_nearly_the_same(checkpoint: Path, clips: list[list[Path]], dtype: str) -> None:
    whole = open_blip("eilev", str(checkpoint), "cpu", "float32").see(clips, eilev.FRAMES)
    half = open_blip("eilev", str(checkpoint), "cpu", dtype).see(clips, eilev.FRAMES)  # type: ignore[arg-type]
    assert half.dtype == getattr(torch, dtype)
    assert torch.nn.functional.cosine_similarity(whole, half.float(), dim=-1).min() > 0.99
    backend = eilev.load(eilev.Options(model=str(checkpoint), dtype=dtype))
    assert len(backend.predict([_scene(clip) for clip in clips])) == len(clips)


def test_in_float16_the_query_former_stays_in_float32(checkpoint: Path) -> None:
    model = open_blip("eilev", str(checkpoint), "cpu", "float16")._model
    assert model.query_tokens.dtype == next(model.qformer.parameters()).dtype == torch.float32
    assert next(model.vision_model.parameters()).dtype == torch.float16


def test_the_vision_norm_is_ours_where_the_checkpoint_is_silent(checkpoint: Path, tmp_path: Path) -> None:
    silent = json.loads((checkpoint / "config.json").read_text())
    silent["vision_config"].pop("layer_norm_eps", None)
    stating = {**silent, "vision_config": {**silent["vision_config"], "layer_norm_eps": 1e-5}}
    for file in checkpoint.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    for config, expected in ((silent, 1e-6), (stating, 1e-5)):
        (tmp_path / "config.json").write_text(json.dumps(config))
        model = open_blip("eilev", str(tmp_path), "cpu", "float32")._model
        assert model.vision_model.post_layernorm.eps == expected


def test_a_checkpoint_is_known_by_its_weights_and_how_it_is_used(checkpoint: Path, tmp_path: Path) -> None:
    copy = tiny_blip.save(tmp_path, "opt", seed=8)
    assert fingerprint(checkpoint, "float32") == fingerprint(checkpoint, "float32")
    assert (
        len({fingerprint(checkpoint, "float32"), fingerprint(checkpoint, "float16"), fingerprint(copy, "float32")}) == 3
    )


def test_an_unreadable_lesson_is_named(tmp_path: Path) -> None:
    (tmp_path / "e.json").write_text('{"examples": [{"answer": "no pictures"}]}')
    for file in (tmp_path / "e.json", tmp_path / "absent.json"):
        with pytest.raises(BackendUnavailableError, match=file.name):
            eilev.load(eilev.Options(model=str(tmp_path), examples=file))
