"""Messages and modals as Slack shows them. Pure: what is to be shown in, Block Kit out."""
