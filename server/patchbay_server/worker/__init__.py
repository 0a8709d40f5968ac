"""A worker claims tasks through the engine and has a runner execute them. It never imports operator code."""
