"""Alembic's entry: runs the migrations on the connection that `assistants.store.migrate` hands over."""

from alembic import context

from assistants.store import tables
from assistants.store.migrate import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.Base.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction holds it all
)
context.run_migrations()
