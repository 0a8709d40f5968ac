"""Recipe: short texts."""
