"""Training recipes that run under Ray Train and DeepSpeed. None yet: they come with the distributed runners."""
