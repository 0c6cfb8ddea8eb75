"""Serve embed-service: `python -m embed_service`, on SCENEDESK_HOST and SCENEDESK_PORT."""

from embed_service.app import create_app
from kernel.serving import run_service

if __name__ == "__main__":
    run_service(lambda settings, _wire: create_app(settings, settings.server_database_url))
