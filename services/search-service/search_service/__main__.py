"""Serve search-service: `python -m search_service`, on SCENEDESK_HOST and SCENEDESK_PORT."""

from kernel.serving import run_service
from search_service.app import create_app

if __name__ == "__main__":
    run_service(lambda settings, wire: create_app(settings, settings.server_database_url, wire))
