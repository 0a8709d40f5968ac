"""Recipe: tables of numbers."""
