"""The base every value on the wire shares."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen value: unknown fields are an error, so a typo on the wire never passes silently."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_min_length=0)  # 0: half a surrogate pair is no text
