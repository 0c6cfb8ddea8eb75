"""Which columns of schema `index` are read. embed-service, which writes them, is not imported."""

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import BigInteger, Date, Float, Text, Uuid, column, table
from sqlalchemy.dialects.postgresql import ARRAY, INT8MULTIRANGE

documents = table(
    "documents",
    column("segment_id", Uuid),
    column("video_id", Uuid),
    column("start_ms", BigInteger),
    column("end_ms", BigInteger),
    column("title", Text),
    column("text_ko", Text),
    column("text_en", Text),
    column("origin", Text),
    column("caption_model", Text),
    column("observed"),
    column("unknown_faces"),
    column("objects", ARRAY(Text)),
    column("caption_lexemes", ARRAY(Text)),
    column("object_lexemes", ARRAY(Text)),
    column("title_lexemes", ARRAY(Text)),
    column("unknown_seen", INT8MULTIRANGE),
    column("scale", Text),
    column("day", Date),
    column("people", ARRAY(Uuid)),
    schema="index",
)
document_people = table(
    "document_people",
    column("person_id", Uuid),
    column("segment_id", Uuid),
    column("probability", Float),
    column("seen_ms", BigInteger),
    column("human"),
    column("seen", INT8MULTIRANGE),
    schema="index",
)
vectors = table(
    "vectors",
    column("model_id", Text),
    column("segment_id", Uuid),
    column("part", Text),
    column("vector", HALFVEC()),
    schema="index",
)
models = table("models", column("model_id", Text), column("state", Text), column("card"), schema="index")
names = table(
    "names",
    column("id", Uuid),
    column("kind", Text),
    column("name_ko", Text),
    column("name_en", Text),
    column("aliases", ARRAY(Text)),
    column("members", ARRAY(Uuid)),
    column("revision", Uuid),
    schema="index",
)
