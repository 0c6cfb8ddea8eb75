"""A sentence-transformers model of 100 thousand random parameters, laid out like kpf-sbert-128d-v1."""

from pathlib import Path


def build(folder: Path, seed: int = 0) -> Path:
    """Write the model: BertModel, mean pooling, Dense 64 to 128 with Tanh; a vocabulary of characters."""
    import torch  # noqa: PLC0415 - an extra, and slow to import
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from sentence_transformers.sentence_transformer.modules import Dense, Pooling, Transformer  # noqa: PLC0415
    from transformers import BertConfig, BertModel, BertTokenizer  # noqa: PLC0415

    torch.manual_seed(seed)
    folder.mkdir(parents=True)
    bert = folder.with_name(folder.name + "-bert")
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = [chr(code) for code in range(ord("가"), ord("가") + 588 * 19, 28)] + list(
        "abcdefghijklmnopqrstuvwxyz0123456789"
    )
    bert.mkdir()
    (bert / "vocab.txt").write_text(
        "\n".join([*pieces, *letters, *(f"##{letter}" for letter in letters)]), encoding="utf-8"
    )
    BertTokenizer(str(bert / "vocab.txt"), do_lower_case=True).save_pretrained(bert)
    config = BertConfig(
        vocab_size=len(pieces) + 2 * len(letters),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=80,
        initializer_range=0.3,
    )
    BertModel(config).save_pretrained(bert)
    transformer = Transformer(str(bert), max_seq_length=72)
    modules = [transformer, Pooling(64, pooling_mode="mean"), Dense(64, 128, activation_function=torch.nn.Tanh())]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder))
    return folder
