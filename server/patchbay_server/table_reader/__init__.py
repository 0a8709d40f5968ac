"""Looks into tables in a process of its own: the files come from the code of others, and the libraries are heavy."""

from patchbay_server.table_reader.reader import TableQuestionError, TableReader, TableReaderBusy, TableReaderError

__all__ = ["TableQuestionError", "TableReader", "TableReaderBusy", "TableReaderError"]
