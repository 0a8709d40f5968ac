"""Alembic's entry: runs the migrations on the connection that `store.migrate.upgrade` hands over."""

from alembic import context

from patchbay_server.store.all_tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
