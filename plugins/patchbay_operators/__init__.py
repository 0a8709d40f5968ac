"""The built-in operators, one package per family. They use only what `patchbay_sdk` makes public."""
