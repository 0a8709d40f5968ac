"""Everything that is wrong with a spec file, each with its line and column."""

from patchbay_server.services.publishing.lint.problems import Problem, problems_of

__all__ = ["Problem", "problems_of"]
