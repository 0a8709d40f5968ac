"""Worker processes of a training without Ray: they start once and are given one job after another."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import torch.multiprocessing as multiprocessing

from patchbay_training.job import Job


class Gang:
    """`size` processes in one gloo group."""

    def __init__(self, size: int) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        context = multiprocessing.get_context("spawn")
        self.pipes, self.processes = [], []
        for rank in range(size):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, rank, size, port), daemon=True)
            process.start()
            self.pipes.append(ours)
            self.processes.append(process)

    def run(self, folder: Path) -> list[Any]:
        """What `worker.run` returned in each process, or the exception that it raised."""
        for pipe in self.pipes:
            pipe.send(folder)
        return [pipe.recv() for pipe in self.pipes]

    def end(self) -> None:
        """End the processes."""
        for pipe in self.pipes:
            pipe.send(None)
        for process in self.processes:
            process.join(10)
            process.kill()


def _serve(pipe: Any, rank: int, size: int, port: int) -> None:
    os.environ |= {
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": str(size),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "DS_ACCELERATOR": "cpu",
        "OMP_NUM_THREADS": "1",
    }
    import torch
    import torch.distributed

    from patchbay_training import worker

    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo")
    while folder := pipe.recv():
        try:
            answer: Any = worker.run(Job.read(folder))
        except Exception as error:  # noqa: BLE001 - the test looks at it
            import traceback

            traceback.print_exc()
            answer = error
        pipe.send(answer)
    torch.distributed.destroy_process_group()
