"""Throughput, memory and MFU of a worker."""

from __future__ import annotations

import time

import torch

DATA_SHEETS = {"H200": 989e12, "H100": 989e12, "A100": 312e12, "L40S": 362e12, "L4": 121e12, "V100": 125e12}
"""Dense bf16 (V100: fp16) operations per second of NVIDIA GPUs, as in their data sheets (SXM if there is one)."""


class Meter:
    """Counts rows between two readings. `flops_per_row`: see `network.flops_per_row`."""

    def __init__(self, device: torch.device, flops_per_row: float, workers: int, dtype: torch.dtype) -> None:
        self.device = device
        self.flops_per_row = flops_per_row
        self.workers = workers
        self.peak = peak_flops(device, dtype)
        self.start()

    def start(self) -> None:
        """Begin to count now, for example after an evaluation."""
        self._rows, self._since = 0, time.perf_counter()

    def count(self, rows: int) -> None:
        """So many rows were trained on, by all workers together."""
        self._rows += rows

    def read(self) -> dict[str, float]:
        """`rows_per_second` of all workers; `memory` of this one in bytes; `mfu`, from 0 to 1."""
        per_second = self._rows / (time.perf_counter() - self._since)
        used = per_second * self.flops_per_row / self.workers
        self.start()
        return {"rows_per_second": per_second, "memory": float(memory(self.device)), "mfu": used / self.peak}


def memory(device: torch.device) -> int:
    """The most memory in use so far in bytes: of the GPU, or of this process."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    import resource
    import sys

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most << 10


def peak_flops(device: torch.device, dtype: torch.dtype) -> float:
    """Operations per second that the device can do: from its data sheet, elsewhere what a product of matrices reaches.

    MFU = operations of the model per second / this (Chowdhery et al. 2022, PaLM, appendix B).
    """
    if device.type == "cuda" and dtype != torch.float32:
        name = torch.cuda.get_device_name(device)
        for known, peak in DATA_SHEETS.items():
            if known in name:
                return peak
    size = 512 if device.type == "cpu" else 4096
    matrix = torch.ones(size, size, device=device, dtype=dtype)
    best = float("inf")
    for _ in range(4):
        start = time.perf_counter()
        (matrix @ matrix)[0, 0].item()
        best = min(best, time.perf_counter() - start)
    return 2 * size**3 / best
