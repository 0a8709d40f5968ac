"""The database: tables, connections, statements, migrations. SQLite or PostgreSQL; nothing here knows the rules."""
