"""Alembic's environment: it is always run with a connection handed in by `bot.store.migrate`."""

from alembic import context

from bot.store.metadata import whole_schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=whole_schema(),
    render_as_batch=True,
    version_table="saem_schema",
)
with context.begin_transaction():
    context.run_migrations()
