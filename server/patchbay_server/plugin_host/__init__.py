"""Runs plugin code that is not a task (`infer`, `run_finished`) in processes of its own, never in the web process."""

from patchbay_server.plugin_host.host import FaultBook, OperatorDisabled, PluginHost, PluginHostError

__all__ = ["FaultBook", "OperatorDisabled", "PluginHost", "PluginHostError"]
