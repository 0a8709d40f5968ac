"""What a report on a model says, a module per question."""
