"""The installed operators: their specs as data, and the host that asks their code."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType

from patchbay_sdk.registry import Catalogue, installed_catalogue
from patchbay_server.plugin_host import PluginHost


@dataclass(frozen=True, slots=True)
class Operators:
    """What checking a flow needs: no database, no Redis."""

    catalogue: Catalogue
    plugin_host: PluginHost

    @classmethod
    def installed(cls) -> Operators:
        """The operators of this environment; the plugin host starts when it is first asked."""
        return cls(installed_catalogue(), PluginHost())

    def close(self) -> None:
        """End the plugin host."""
        self.plugin_host.close()

    def __enter__(self) -> Operators:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
