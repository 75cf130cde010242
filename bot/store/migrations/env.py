"""Alembic's environment: it always runs on a connection that it gets from `database.migrations`."""

from alembic import context

from bot.store.schema import MIGRATIONS, whole_schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=whole_schema(),
    render_as_batch=True,
    version_table=MIGRATIONS.version_table,
    transactional_ddl=False,  # the caller's transaction holds it all
)
context.run_migrations()
