"""Models that answer over HTTP, on Ray Serve: what runs in a replica, and the driver that tells Serve what to run."""
