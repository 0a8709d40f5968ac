"""Recipe: wafer maps."""
