"""A trained network as a model holds it: on disk as safetensors and JSON, never as a pickle."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from patchbay_sdk import ArtifactError, Table

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from patchbay_training.network import Network

BATCH = 512
"""Rows that are predicted at once."""


class Reader(Protocol):
    """From a prepared table to the inputs of a network, in training and in prediction alike.

    Made of its `options`, JSON values that were learned on the training rows.
    """

    options: Mapping[str, Any]

    def take(self, table: Table, features: Sequence[str]) -> np.ndarray[Any, Any]:
        """rows x ...: a row of the result per row of the table, in its order. Raises DataError for unfit values."""


def make_reader(name: str, options: Mapping[str, Any]) -> Reader:
    """The reader ``module:Class`` of one of Patchbay's packages. Raises ArtifactError for anything else."""
    module, _, kind = name.partition(":")
    found = getattr(importlib.import_module(module), kind, None) if module.startswith("patchbay_") else None
    if found is None or not hasattr(found, "take"):
        raise ArtifactError(f"{name!r} is no reader of Patchbay.")
    reader: Reader = found(options)
    return reader


class NetworkEstimator:
    """A network with the reader of its inputs.

    `network`, `reader`: ``module:Class``, each with its `options`. `task`: see `network.loss_per_row`.
    `scale`: mean and standard deviation that turn outputs of a regression into numbers of the target.
    """

    def __init__(self, network: Network, reader: Reader, task: str, scale: tuple[float, float] = (0.0, 1.0)) -> None:
        self.network, self.reader, self.task, self.scale = network, reader, task, scale

    def take(self, table: Table, features: Sequence[str]) -> np.ndarray[Any, Any]:
        """The network's inputs for the rows of a table."""
        return self.reader.take(table, features)

    def predict(self, inputs: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """regression: numbers, per row one or several. language: bits per byte of each text."""
        import numpy as np

        if self.task == "language":
            return self._bits_per_byte(inputs)
        mean, deviation = self.scale
        predicted: np.ndarray[Any, Any] = self._outputs(inputs).numpy().astype(np.float64) * deviation + mean
        return predicted[:, 0] if predicted.shape[1] == 1 else predicted

    def predict_proba(self, inputs: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """classification: rows x classes."""
        probabilities: np.ndarray[Any, Any] = self._outputs(inputs).double().softmax(1).numpy()
        return probabilities

    def _outputs(self, inputs: np.ndarray[Any, Any]) -> Tensor:
        import numpy as np
        import torch

        self.network.eval()
        with torch.no_grad():
            starts = range(0, max(1, len(inputs)), BATCH)
            return torch.cat(
                [self.network(torch.from_numpy(np.ascontiguousarray(inputs[i : i + BATCH]))) for i in starts]
            ).float()

    def _bits_per_byte(self, inputs: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        import numpy as np
        import torch
        from torch.nn import functional

        from patchbay_training.recipes.language.data import NOTHING

        bits = []
        for row in inputs:
            text = torch.from_numpy(row[row != NOTHING].astype(np.int64))
            with torch.no_grad():
                losses = functional.cross_entropy(self.network(text[None, :-1])[0].float(), text[1:])
            bits.append(float(losses) / float(np.log(2)) if len(text) > 1 else float("nan"))
        return np.array(bits)

    def save(self, folder: Path) -> None:
        """``network.json`` and ``weights.safetensors``."""
        from safetensors.torch import save_file

        document = {
            "network": _name(self.network),
            "options": dict(self.network.options),
            "reader": _name(self.reader),
            "reader_options": dict(self.reader.options),
            "task": self.task,
            "scale": list(self.scale),
        }
        (folder / "network.json").write_text(json.dumps(document, sort_keys=True), encoding="utf-8")
        weights = {name: value.contiguous() for name, value in self.network.state_dict().items()}
        save_file(weights, folder / "weights.safetensors")

    @classmethod
    def load(cls, files: Mapping[str, Path]) -> NetworkEstimator:
        """Read what `save` wrote, from relative name -> path. Raises ArtifactError when it is broken."""
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        from patchbay_training.network import make_network

        document = json.loads(files["network.json"].read_text(encoding="utf-8"))
        network = make_network(document["network"], document["options"])
        try:
            network.load_state_dict(load_file(files["weights.safetensors"]))
        except (SafetensorError, RuntimeError) as error:
            raise ArtifactError(f"The model's weights are broken: {error}.") from error
        reader = make_reader(document["reader"], document["reader_options"])
        mean, deviation = document["scale"]
        return cls(network, reader, document["task"], (mean, deviation))


def _name(thing: object) -> str:
    return f"{type(thing).__module__}:{type(thing).__qualname__}"
