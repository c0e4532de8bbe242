"""A kanban board: database, state, components, views and handlers, for any framework."""
