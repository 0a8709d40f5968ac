"""Runs plugin code that is not a task (`infer`) in a process of its own, never in the web process."""

from patchbay_server.plugin_host.host import PluginHost, PluginHostError

__all__ = ["PluginHost", "PluginHostError"]
