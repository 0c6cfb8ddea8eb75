"""The gallery as it is at this moment, for whoever compares faces outside of the pipeline."""

from gateway.desk import Desk
from gateway.people import gallery
from gateway.people.matching import Gallery, gallery_of


async def present_gallery(desk: Desk) -> Gallery:
    """As the pipeline would decide by now. Raises UnavailableError while face-service is away."""
    model = await desk.services.faces.model()
    model_id = model.embedder.model_id
    vectors = await gallery.vectors_by_person(desk.database, desk.services.faces, model_id)
    return gallery_of(vectors, model_id, desk.settings.faces.threshold or model.default_threshold)
