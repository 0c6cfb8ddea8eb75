"""A BLIP-2 checkpoint of some 30 thousand random weights: everything of the real one but the words."""

from pathlib import Path
from typing import Literal

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    Blip2Config,
    Blip2ForConditionalGeneration,
    Blip2QFormerConfig,
    Blip2VisionConfig,
    OPTConfig,
    PreTrainedTokenizerFast,
    T5Config,
)

Language = Literal["opt", "t5"]
Form = Literal["safetensors", "bin"]
VOCABULARY = 260
IMAGE_TOKEN = VOCABULARY - 1


def save(directory: Path, language: Language, form: Form = "safetensors", seed: int = 4) -> Path:
    """Write model and tokenizer into `directory`, as a hub would hold them."""
    torch.set_num_threads(1)  # on busy cores two threads wait for each other
    torch.manual_seed(seed)
    model = Blip2ForConditionalGeneration(_config(language)).eval()
    with torch.no_grad():
        for weights in model.parameters():
            # Wider than usual, or every picture gets the same words: the query tokens would start at zero.
            if weights.dim() > 1:
                torch.nn.init.normal_(weights, std=0.5)
    model.save_pretrained(directory)
    if form == "bin":
        (directory / "model.safetensors").unlink()
        torch.save(model.state_dict(), directory / "pytorch_model.bin")
    _tokenizer(language).save_pretrained(directory)
    return directory


def _config(language: Language) -> Blip2Config:
    return Blip2Config(
        vision_config=Blip2VisionConfig(
            hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
            patch_size=14, image_size=28,
        ).to_dict(),
        qformer_config=Blip2QFormerConfig(
            hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, encoder_hidden_size=16,
            vocab_size=VOCABULARY,
        ).to_dict(),
        text_config=(_opt() if language == "opt" else _t5()).to_dict(),
        num_query_tokens=4,
        image_token_index=IMAGE_TOKEN,
    )  # fmt: skip


def _opt() -> OPTConfig:
    return OPTConfig(
        hidden_size=16, word_embed_proj_dim=16, ffn_dim=32, num_hidden_layers=2, num_attention_heads=2,
        vocab_size=VOCABULARY, max_position_embeddings=512, bos_token_id=1, eos_token_id=1, pad_token_id=0,
    )  # fmt: skip


def _t5() -> T5Config:
    return T5Config(
        d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=2, vocab_size=VOCABULARY,
        pad_token_id=0, eos_token_id=1, decoder_start_token_id=0, architectures=["T5ForConditionalGeneration"],
    )  # fmt: skip


def _tokenizer(language: Language) -> PreTrainedTokenizerFast:
    """One token a byte, so that every text has its tokens; OPT uses one mark for begin and end."""
    marks = {"<pad>": 0, "</s>": 1}
    letters = {letter: len(marks) + rank for rank, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE(vocab=marks | letters, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="</s>",
        bos_token="</s>" if language == "opt" else None,
    )
