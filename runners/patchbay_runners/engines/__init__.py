"""The heavy engines: how each is started, reached and left. None of their libraries is imported here."""
