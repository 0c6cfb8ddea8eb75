"""What a backend says about itself, on every page and beside every value it made."""

from pydantic import Field

from kernel.contracts.model import Value


class ModelCard(Value):
    """Who made an opinion: shown to people, stored beside what the model made."""

    backend: str = Field(description="Name of the backend file, such as `edge`", examples=["edge"])
    model_id: str = Field(
        description="Changes whenever outputs may change: name plus a hash of the weights",
        examples=["edgeface-xs@b6b2f055"],
    )
    licence: str = Field(examples=["BSD-3-Clause"])
    source: str = Field(description="Where the weights come from: paper, model card or package")
    dimension: int | None = Field(default=None, description="Length of its vectors, when it makes vectors")
    weak: bool = Field(default=False, description="True when the product must say that a better model is needed")
    notice_en: str | None = Field(default=None, description="A line people must see when it is used")
    notice_ko: str | None = None
