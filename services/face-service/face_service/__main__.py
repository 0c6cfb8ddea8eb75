"""Serve face-service: `python -m face_service`, on SCENEDESK_HOST and SCENEDESK_PORT."""

from face_service.app import create_app
from kernel.serving import run_service

if __name__ == "__main__":
    run_service(lambda settings, _wire: create_app(settings))
