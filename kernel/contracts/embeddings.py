"""Words of embed-service: texts to vectors, and the documents it alone writes into the index."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from kernel.contracts.captions import ShotScale
from kernel.contracts.model import Value
from kernel.contracts.models import ModelCard
from kernel.contracts.time import Span
from kernel.contracts.vectors import PackedVectors

CaptionOrigin = Literal["human", "machine", "import"]


class EmbedTextsRequest(Value):
    """Texts to embed, at most 2,000 characters each; longer ones are refused, never cut silently."""

    texts: list[str] = Field(min_length=1, max_length=512)
    model_id: str | None = Field(default=None, description="A registered model; the active one when left out")


class EmbedTextsResponse(Value):
    """Unit-length vectors, one a text, in the order asked."""

    model: ModelCard
    vectors: PackedVectors


class PersonMention(Value):
    """A person in a document, with how sure the gallery is and for how long the face is seen."""

    person_id: UUID
    probability: float = Field(ge=0, le=1)
    seen_ms: int = Field(ge=0)
    seen: list[Span] = Field(default=[], description="When exactly; empty when only whole seconds are known")
    human: bool = Field(default=False, description="True when a person said so")


class Document(Value):
    """What is indexed of one segment. Putting it again replaces it; `version` never goes back."""

    segment_id: UUID
    video_id: UUID
    version: int = Field(ge=1, description="Version of the video's timeline this was published from")
    span: Span
    title: str = Field(description="The video's title")
    text_ko: str | None = None
    text_en: str | None = None
    origin: CaptionOrigin
    caption_model: str | None = None
    observed: bool = Field(default=False, description="The caption was composed from detections")
    people: list[PersonMention] = []
    unknown_faces: int = Field(default=0, ge=0)
    unknown_seen: list[Span] = Field(default=[], description="When strangers are seen; empty: all the time, if any are")
    objects: list[str] = Field(
        default=[], description="Labels seen, English and Korean; then the tags and notes that people put on it"
    )
    scale: ShotScale | None = None
    day: date | None = Field(default=None, description="Day the video is of")


class PutDocumentsRequest(Value):
    documents: list[Document] = Field(max_length=500)
    removed: list[UUID] = Field(default=[], description="Segments that are no more; removing twice is fine")
    version: int | None = Field(
        default=None,
        ge=1,
        description="Timeline version of the removals: a removed segment comes back only with a later one",
    )


class PutDocumentsResponse(Value):
    written: int
    unchanged: int
    removed: int


class IndexedName(Value):
    """A person or group as search may hear of it: display names and every alias, in any script."""

    id: UUID
    kind: Literal["person", "group"]
    name_ko: str
    name_en: str
    aliases: list[str] = []
    members: list[UUID] = Field(default=[], description="Of a group: its people")


class PutNamesRequest(Value):
    """The whole gallery's names: what is not in the list is removed."""

    names: list[IndexedName]


class RemoveVideoRequest(Value):
    video_id: UUID


class IndexModel(Value):
    """A text model the index knows. One is active; another may be filling in the background."""

    model: ModelCard
    state: Literal["active", "filling", "retired"]
    documents: int
    of_documents: int


class IndexModels(Value):
    models: list[IndexModel]
