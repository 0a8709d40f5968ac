"""What a result means, in plain words: the report as data, as a page and as a PDF."""
