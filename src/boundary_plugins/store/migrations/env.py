"""What Alembic runs: the migrations on the connection, and in the transaction, that `schema` gives."""

from alembic import context

from boundary_plugins.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True
)
context.run_migrations()
