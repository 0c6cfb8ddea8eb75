"""What is done when somebody does something in Slack."""
