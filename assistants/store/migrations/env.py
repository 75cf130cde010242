"""Alembic's entry: runs the migrations on the connection that `database.migrations` hands over."""

from alembic import context

from assistants.store.schema import MIGRATIONS, Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=MIGRATIONS.version_table,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction holds it all
)
context.run_migrations()
