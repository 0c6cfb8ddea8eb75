"""BLIP-2 checkpoints, run step by step so that several frames make one clip and clips may stand between texts.

Stock `Blip2ForConditionalGeneration` of Hugging Face transformers; no subclass, no LAVIS (decision 0020).
What EILEV's own class adds to BLIP-2 is only the order of steps, with the same weights:
frames [clips * time, 3, side, side] -> vision model, a frame at a time -> [clips, time * patches, hidden]
-> Q-Former, all frames of a clip at once -> [clips, queries, hidden] -> projection to the language model's
width -> written over the placeholders of the prompt's embeddings -> the language model continues the prompt.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from caption_service.scene import evenly
from kernel import pictures
from kernel.contracts.errors import Words, spoken
from kernel.inference.backend import BackendUnavailableError, not_installed, unreadable

Dtype = Literal["float32", "float16", "bfloat16"]
# A placeholder of one visual token among the token ids of a prompt.
VISUAL = None
Prompt = list[int | None]

# ViT-g was trained with 1e-6; transformers 4.33 and earlier assumed 1e-5 where a config.json is silent, as
# EILEV's is. Set here, so that a change of the library's default can't change captions. On a tiny
# checkpoint the two differ by 1e-5 in logits and in no token.
VISION_NORM_EPS = 1e-6
FINGERPRINT_BYTES = 1 << 20


@dataclass(frozen=True)
class Generation:
    """How text is written. The defaults are those EILEV's and BLIP-2's authors report with."""

    beams: int = 5
    longest: int = 32
    length_penalty: float = -1.0


class Blip:
    """A loaded checkpoint: clips to visual tokens, and prompts with such tokens to text."""

    def __init__(self, model: Any, tokenizer: Any, images: Any, torch: Any) -> None:
        self._model, self._tokenizer, self._images, self._torch = model, tokenizer, images, torch
        self.queries: int = model.config.num_query_tokens
        self.decoder_only = not model.language_model.config.is_encoder_decoder
        self.newline: int = self.ids("\n")[0]
        self.begin: Prompt = [tokenizer.bos_token_id] if self.decoder_only else []
        self.end: Prompt = [] if self.decoder_only else [tokenizer.eos_token_id]

    def ids(self, text: str) -> list[int]:
        """Token ids of `text` alone, without marks of begin or end."""
        found: list[int] = self._tokenizer(text, add_special_tokens=False).input_ids
        return found

    def see(self, clips: Sequence[Sequence[Path]], frames: int) -> Any:
        """Visual tokens `[clips, queries, width of the language model]` of `frames` pictures of each clip."""
        with self._torch.inference_mode():
            hidden = self._torch.cat([self._frames(evenly(clip, frames)) for clip in clips])
            return self._project(hidden)

    def _frames(self, files: Sequence[Path]) -> Any:
        """One clip's frames through the vision model: `[1, time * patches, hidden]`. A clip at a time
        bounds memory: eight clips of eight frames at once would hold 23 million activations a layer.
        """
        pixels = [np.ascontiguousarray(pictures.read(file)[:, :, ::-1]) for file in files]
        tensor = self._images(images=pixels, return_tensors="pt", input_data_format="channels_last").pixel_values
        weights = self._model.vision_model.embeddings.class_embedding
        hidden = self._model.vision_model(pixel_values=tensor.to(weights.device, weights.dtype)).last_hidden_state
        return hidden.flatten(0, 1).unsqueeze(0)

    def _project(self, hidden: Any) -> Any:
        seen = self._model.qformer(
            query_embeds=self._model.query_tokens.expand(hidden.shape[0], -1, -1),
            encoder_hidden_states=hidden,
            encoder_attention_mask=self._torch.ones(hidden.shape[:-1], dtype=self._torch.long, device=hidden.device),
        ).last_hidden_state
        # In float16 transformers keeps queries and Q-Former in float32; it casts what goes in, not what comes out.
        return self._model.language_projection(seen.to(self._model.language_projection.weight.dtype))

    def write(self, prompt: Prompt, visual: Any, how: Generation, shown: Any = None) -> list[str]:
        """Continue `prompt` for every clip of `visual` `[clips, queries, width]`; `shown` are examples' tokens,
        `[any, width]`, that come before each clip's own. They fill the placeholders in order.

        One prompt for the whole batch, so that nothing is padded and a clip's text can't depend on its neighbours.
        """
        torch, clips = self._torch, len(visual)
        if shown is not None:
            visual = torch.cat([shown.expand(clips, -1, -1), visual], dim=1)
        pad = self._tokenizer.pad_token_id
        ids = torch.tensor([[pad if token is VISUAL else token for token in prompt]], device=visual.device)
        places = torch.tensor([token is VISUAL for token in prompt], device=visual.device)
        with torch.inference_mode():
            embedded = self._model.get_input_embeddings()(ids).repeat(clips, 1, 1)
            embedded[:, places] = visual.to(embedded.dtype)
            written = self._model.language_model.generate(
                inputs_embeds=embedded,
                attention_mask=torch.ones_like(ids).expand(clips, -1),
                max_new_tokens=how.longest,
                num_beams=how.beams,
                do_sample=False,
                length_penalty=how.length_penalty,
                # As BLIP-2's authors do: an OPT model ends its caption with a new line.
                **({"eos_token_id": self.newline} if self.decoder_only else {}),
            )
        texts: list[str] = self._tokenizer.batch_decode(written, skip_special_tokens=True)
        return texts


OR = {"en": ", or ", "ko": ", 또는 "}
OTHER = Words(
    "set SCENEDESK_CAPTIONS__MODEL to a BLIP-2 checkpoint directory or hub name",
    "SCENEDESK_CAPTIONS__MODEL에 BLIP-2 체크포인트 폴더나 허브 이름을 지정",
)


def open_blip(backend: str, name: str, device: str, dtype: Dtype) -> Blip:
    """Load a checkpoint directory, or a hub name that has been downloaded; nothing is fetched here.

    Raises BackendUnavailableError when a library, the checkpoint or the device is missing, or weights don't fit.
    """
    try:
        import torch  # noqa: PLC0415 - heavy, and an option
        import transformers  # noqa: PLC0415 - heavy, and an option
    except ImportError as error:
        raise BackendUnavailableError(
            backend=backend, reason=not_installed(error.name), remedy="pip install 'scenedesk[hub]'"
        ) from error
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise BackendUnavailableError(
            backend=backend,
            reason=Words("no CUDA device is visible", "CUDA 장치가 보이지 않습니다"),
            remedy="SCENEDESK_CAPTIONS__DEVICE=cpu",
        )
    directory = checkpoint_directory(backend, name)
    transformers.utils.logging.disable_progress_bar()  # logs are JSON lines
    try:
        model, tokenizer, images = _loaded(transformers, directory, getattr(torch, dtype))
    except Exception as error:
        raise _unusable(backend, unreadable(name, f"{type(error).__name__}: {error}"), name) from error
    return Blip(model.to(device).eval(), tokenizer, images, torch)


def _loaded(transformers: Any, directory: Path, dtype: Any) -> tuple[Any, Any, Any]:
    """Model, tokenizer and image processor of a checkpoint. Raises whatever the library does, or ValueError."""
    config = _config(transformers, directory)
    model, report = transformers.Blip2ForConditionalGeneration.from_pretrained(
        directory, config=config, dtype=dtype, local_files_only=True, output_loading_info=True
    )
    if report["missing_keys"]:
        # transformers would fill them with random numbers and go on.
        raise ValueError(f"{len(report['missing_keys'])} weights of the model are not in the file")
    tokenizer = transformers.AutoTokenizer.from_pretrained(directory, local_files_only=True)
    side = config.vision_config.image_size
    return model, tokenizer, transformers.BlipImageProcessorPil(size={"height": side, "width": side})


def _config(transformers: Any, directory: Path) -> Any:
    stated, _ = transformers.Blip2Config.get_config_dict(directory)
    if stated.get("model_type") != "blip-2":
        raise ValueError(f"this is a {stated.get('model_type')} checkpoint, not blip-2")
    config = transformers.Blip2Config.from_dict(stated)
    config.vision_config.layer_norm_eps = stated.get("vision_config", {}).get("layer_norm_eps", VISION_NORM_EPS)
    return config


def checkpoint_directory(backend: str, name: str) -> Path:
    """`name` itself when it is a directory, else where the hub's cache keeps it. Raises BackendUnavailableError."""
    if Path(name).is_dir():
        return Path(name)
    try:
        from huggingface_hub import snapshot_download  # noqa: PLC0415 - an option

        return Path(snapshot_download(name, local_files_only=True))
    except Exception as error:
        raise _unusable(
            backend, Words(f"checkpoint {name} has not been downloaded", f"체크포인트 {name}이(가) 없습니다"), name
        ) from error


def _unusable(backend: str, reason: Words, name: str) -> BackendUnavailableError:
    remedy = (
        OTHER
        if Path(name).is_absolute()
        else Words.made(lambda language: f"hf download {name}{OR[language]}{spoken(OTHER, language)}")
    )
    return BackendUnavailableError(backend=backend, reason=reason, remedy=remedy)


def fingerprint(directory: Path, *parts: str) -> str:
    """Eight hex digits that change with the weights or `parts` (dtype, prompt).

    Of large files name, size, first and last mebibyte are taken: 15 GB would take a minute to read, and a
    retrained checkpoint differs everywhere.
    """
    summary = hashlib.sha256("\0".join(parts).encode())
    for file in sorted(directory.glob("*")):
        if file.suffix in {".json", ".bin", ".safetensors"}:
            summary.update(f"{file.name} {file.stat().st_size}".encode())
            summary.update(_ends(file))
    return summary.hexdigest()[:8]


def _ends(path: Path) -> bytes:
    with path.open("rb") as file:
        first = file.read(FINGERPRINT_BYTES)
        file.seek(max(0, path.stat().st_size - FINGERPRINT_BYTES))
        return first + file.read()
