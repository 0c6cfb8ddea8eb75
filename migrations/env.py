"""Run by Alembic for every upgrade and downgrade; the connection comes from kernel.storage.migrate."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    # All pending revisions in one transaction: an interrupted upgrade leaves nothing behind.
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
