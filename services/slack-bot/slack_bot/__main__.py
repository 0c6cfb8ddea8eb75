"""Serve slack-bot: `python -m slack_bot`, on SCENEDESK_HOST and SCENEDESK_PORT."""

from kernel.serving import run_service
from slack_bot.app import create_app

if __name__ == "__main__":
    run_service(create_app)
