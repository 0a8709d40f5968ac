"""Series of numbers in even steps of time: read from rows, forecast, judged."""
