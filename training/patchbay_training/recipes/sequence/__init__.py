"""Recipe: series of sensors."""
