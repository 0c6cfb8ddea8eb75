"""The gallery as it is at this moment, for whoever compares faces outside of the pipeline."""

from gateway.desk import Desk
from gateway.identity.gallery import open_gallery
from gateway.identity.matching import Gallery


async def present_gallery(desk: Desk) -> Gallery:
    """As the pipeline would decide by now. Raises UnavailableError while face-service is away."""
    faces = desk.services.faces
    model = await faces.model()
    return (await open_gallery(desk.database, faces, desk.settings, model.embedder.model_id)).gallery
