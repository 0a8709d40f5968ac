"""A working package for a new operator, from its author's answers or from a function's signature."""

from patchbay_server.services.publishing.new.answers import Answers, Param, Port
from patchbay_server.services.publishing.new.function import read_function
from patchbay_server.services.publishing.new.package import create

__all__ = ["Answers", "Param", "Port", "create", "read_function"]
