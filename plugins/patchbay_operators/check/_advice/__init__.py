"""What there is to say about a table before a model is made of it: one module per kind of question."""
