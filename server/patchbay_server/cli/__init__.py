"""The command line: `patchbay`."""
