"""What is kept: SQLite by default, PostgreSQL by URL."""
