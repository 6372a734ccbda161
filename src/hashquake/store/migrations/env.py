"""What Alembic runs: the steps still missing, inside the transaction of whoever opened."""

from alembic import context

from hashquake.store.schema import metadata

# The caller's transaction holds all steps and the first rows together, so that a program killed
# in between leaves either a whole record or none. Alembic would otherwise commit after each.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
