"""Serve gateway: `python -m gateway`, on SCENEDESK_HOST and SCENEDESK_PORT."""

from gateway.app import create_app
from kernel.serving import run_service

if __name__ == "__main__":
    run_service(lambda settings, wire: create_app(settings, settings.server_database_url, wire))
