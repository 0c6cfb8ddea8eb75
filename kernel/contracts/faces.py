"""Words of face-service: faces found in pictures of the shared store, and their embeddings."""

from pydantic import Field

from kernel.contracts.model import Value
from kernel.contracts.models import ModelCard
from kernel.contracts.vectors import PackedVectors

Point = tuple[float, float]


class Box(Value):
    """A rectangle in fractions of the picture's width and height, so that it survives scaling.

    Faces that run over the edge are clipped to [0, 1].
    """

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


class Face(Value):
    """One face in one picture, as the detector saw it."""

    box: Box
    landmarks: tuple[Point, Point, Point, Point, Point] = Field(
        description="Image-left eye, image-right eye, nose, mouth corners; fractions of width and height"
    )
    score: float = Field(ge=0, le=1, description="The detector's confidence")
    side_px: float = Field(description="Shorter side of the box in pixels of the picture it was found in")
    sharpness: float = Field(description="Variance of the Laplacian of the aligned 112x112 crop, grey 0-255")
    yaw: float = Field(ge=-1, le=1, description="0 is frontal; -1 and 1 are full profiles, from the landmarks")

    @property
    def quality(self) -> float:
        """One number in 0..1 to order crops by: big, sharp, frontal, certain."""
        size = min(1.0, self.side_px / 112)
        sharp = min(1.0, self.sharpness / 150)
        return self.score * size * (0.25 + 0.75 * sharp) * (1 - 0.8 * abs(self.yaw))


class DetectRequest(Value):
    """Pictures by their names in the shared store; they never travel."""

    pictures: list[str] = Field(min_length=1, max_length=256, examples=[["frames/3f2a/000012040.jpg"]])


class DetectResponse(Value):
    """One list of faces per picture, in the order asked; an unreadable picture is an error, never an empty list."""

    model: ModelCard
    faces: list[list[Face]]


class FaceCrop(Value):
    """A face to embed: the picture it is in and where its landmarks are."""

    picture: str
    landmarks: tuple[Point, Point, Point, Point, Point]


class EmbedFacesRequest(Value):
    crops: list[FaceCrop] = Field(min_length=1, max_length=1024)


class EmbedFacesResponse(Value):
    """Unit-length ArcFace-type vectors, one a crop, in the order asked."""

    model: ModelCard
    vectors: PackedVectors


class EnlargeRequest(Value):
    """A part of a picture of the store, to be drawn larger beside it."""

    picture: str = Field(examples=["references/3f2a.jpg"])
    left: int = Field(ge=0, description="Pixels, as the other sides; half-open")
    top: int = Field(ge=0)
    right: int = Field(gt=0)
    bottom: int = Field(gt=0)
    into: str = Field(description="The name it gets in the store, a JPEG", examples=["upscaled/3f2a-x4.jpg"])


class Enlarged(Value):
    """A picture a machine enlarged. Its detail is guessed: to be looked at, never matched."""

    picture: str
    model: ModelCard
    factor: int = Field(description="How many times as wide and as high")


class FaceModel(Value):
    """The face backend in use and the similarity above which it may name anybody."""

    detector: ModelCard
    embedder: ModelCard
    default_threshold: float = Field(
        description="Cosine; SCENEDESK_FACES__THRESHOLD when that is set, else what was measured for the embedder"
    )
