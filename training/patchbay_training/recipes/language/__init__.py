"""Recipe: bytes of texts."""
