"""What an operator may ask of the platform while it runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchbay_sdk.errors import Cancelled, DataError, OperatorError, ParamError
from patchbay_sdk.texts import quoted

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

KEPT = re.compile(r"datasets/[^/]+/[0-9]+(/.*)?|uploads/[0-9a-f]{32}[^/]*", re.DOTALL)
"""What the platform keeps in a data folder and nobody writes again: versions of datasets, uploads."""


class Context:
    """Given to every `Operator.run`: progress, log, metrics, extra artifacts, cancellation, secrets, files, seed.

    Args:
        temp_dir: an empty folder of this attempt; removed afterwards.
        seed: seed for everything random; the same seed gives the same result.
        data_roots: folders below which files may be read and written.
        closed: files and folders of the platform itself, also where they lie below a data folder. A data folder
            within a closed one stays open.
        secrets: secret name -> value, only those the node names.
        emit: receives (kind, data) for progress, log, metric and artifact.
        cancelled: says whether the run was cancelled, or the task is to give its place to another.
        finish_requested: says whether somebody asked for the best result so far.
        checkpoint_dir: a folder of the task that outlives its attempts; None: nothing of the task does.
        pool: the pool whose capacity the task uses; on Ray it is the resource ``pool_<name>``.
    """

    def __init__(
        self,
        *,
        temp_dir: Path,
        seed: int = 0,
        data_roots: Sequence[Path] = (),
        closed: Sequence[Path] = (),
        secrets: Mapping[str, str] | None = None,
        emit: Callable[[str, dict[str, Any]], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        finish_requested: Callable[[], bool] | None = None,
        pool: str = "train",
        checkpoint_dir: Path | None = None,
    ) -> None:
        self.temp_dir = temp_dir
        self.seed = seed
        self.pool = pool
        self.session: Any = None
        self._data_roots = list(data_roots)
        self._closed = list(closed)
        self._secrets = dict(secrets or {})
        self._emit = emit or (lambda kind, data: None)
        self._cancelled = cancelled or (lambda: False)
        self._finish_requested = finish_requested or (lambda: False)
        self._checkpoint_dir = checkpoint_dir

    @property
    def checkpoint_dir(self) -> Path:
        """The folder in which an operator whose spec says ``"checkpoints": true`` keeps what it needs to go on.

        It belongs to the task (run, path, index), not to one attempt: what lies here is found again by the next one,
        after a retry, after the death of a worker or of this machine, and when the task gave its place to another.
        It goes when the task is done, or has ended for good.

        Where the result may be reused, it belongs to the task's cache key: to this very work, whoever does it. A task
        of a resumed run, or of a new one, goes on from where one failed or was cancelled that had the same code,
        params, inputs, seed and environment; as soon as one of them differs, the folder is empty. Whoever wants to
        begin anew runs without cache.

        A stop (`cancelled`, `Cancelled`) comes with some seconds to write here, and death comes without: write under
        another name and rename, so that what has its name is complete, and keep the last complete one until then. An
        attempt that was taken for dead and is not finds its folder gone. Spec without ``checkpoints``: a folder of
        this attempt, removed with `temp_dir`.
        """
        if self._checkpoint_dir is None:
            self._checkpoint_dir = self.temp_dir / "checkpoint"
            self._checkpoint_dir.mkdir(exist_ok=True)
        return self._checkpoint_dir

    def progress(self, fraction: float, message: str | Mapping[str, str] = "") -> None:
        """Report progress: `fraction` from 0 to 1, and what is being done, as a text or as one for each language."""
        self._emit("progress", {"fraction": min(1.0, max(0.0, float(fraction))), **_told(message)})

    def log(self, message: str, level: str = "info") -> None:
        """Write a line to the attempt's log. `level`: debug, info, warning or error; warnings show on the node."""
        self._emit("log", {"level": level, "message": message})

    def warn(self, message: str | Mapping[str, str]) -> None:
        """Log a warning, and show it on the node; a text, or one for each language. The log has the English one."""
        self._emit("log", {"level": "warning", **_told(message)})

    def metric(self, name: str, value: float, step: int | None = None) -> None:
        """Report a number live, for example the loss at an epoch (`step`)."""
        self._emit("metric", {"name": name, "value": float(value), "step": step})

    def artifact(self, name: str, value: Any, port_type: str) -> None:
        """Keep a value beside the declared outputs, for example an intermediate chart."""
        self._emit("artifact", {"name": name, "value": value, "type": port_type})

    def cancelled(self) -> bool:
        """Whether the task is to stop, since its run was cancelled or another is to have its place.

        Long loops look at it, or call `check_cancelled`.
        """
        return self._cancelled()

    def check_cancelled(self) -> None:
        """Raise `Cancelled` if the task is to stop."""
        if self._cancelled():
            raise Cancelled("The run was cancelled.")

    def finish_requested(self) -> bool:
        """Whether somebody asked the task to end soon with the best result that it has so far.

        Only tasks of an operator whose spec says ``"finishable": true`` are asked. Between two rounds of its work such
        an operator looks here, and once it is true returns what it has, as if it had come to its end. What it returns
        is a result like any other: it is kept, cached, and what follows in the flow goes on with it. False in
        processes that the operator starts itself: ask in the one that it runs in.
        """
        return self._finish_requested()

    @property
    def spark(self) -> SparkSession:
        """The Spark session of a task that runs on the engine spark. Raises OperatorError on another one."""
        if self.session is None:
            raise OperatorError(
                {
                    "en": "There is no Spark session: the task does not run on the engine spark.",
                    "zh-CN": "没有 Spark 会话：此任务不在 Spark 引擎上运行。",
                }
            )
        session: SparkSession = self.session
        return session

    def secret(self, name: str) -> str:
        """The value of a secret that the node names. Raises ParamError when it is not given to this task."""
        if name not in self._secrets:
            raise ParamError(
                {
                    "en": f"Secret {name!r} is not available to this task: name it in the node's params.",
                    "zh-CN": f"此任务没有密钥“{name}”：请在步骤的参数中填写其名称。",
                },
                field=name,
            )
        return self._secrets[name]

    def data_path(self, path: str, *, must_exist: bool = True) -> Path:
        """A file named by a user, checked to lie below one of the data folders (links resolved).

        `must_exist` false: it is to be written, so it must not be a version of a dataset or an upload, which stay.
        A URL (``scheme://...``) is opened by the plugin that knows its scheme, through the hook `open_source`.

        Raises:
            ParamError: the path lies outside of the data folders, may not be written, or no plugin knows the URL's
                scheme.
            DataError: it must exist and does not, or is a folder.
        """
        if "://" in path:
            return _opened_by_plugin(path)
        roots = [Path(root).resolve() for root in self._data_roots]
        candidates = [Path(path).expanduser()] if Path(path).is_absolute() else [root / path for root in roots]
        inside = [c.resolve() for c in candidates if any(self._opens(root, c.resolve()) for root in roots)]
        if not inside:
            allowed = ", ".join(map(str, roots)) or "none is set"
            allowed_zh = quoted([str(root) for root in roots]) or "尚未设置"
            raise ParamError(
                {
                    "en": f"File {path!r} lies outside of the data folders ({allowed}).",
                    "zh-CN": f"文件“{path}”不在数据文件夹中（{allowed_zh}）。请选择其中的文件。",
                },
                value=path,
            )
        found = next((c for c in inside if c.is_file()), None)
        if found is None and must_exist:
            raise DataError(
                {
                    "en": f"File {path!r} does not exist or is not a file.",
                    "zh-CN": f"文件“{path}”不存在，或不是文件。请检查路径。",
                },
                path=path,
            )
        file = found or inside[0]
        if not must_exist and any(_keeps(root, file) for root in roots):
            raise ParamError(
                {
                    "en": f"{path!r} is kept by the platform and never changes: write another file.",
                    "zh-CN": f"“{path}”由平台保管，不可更改：请写入其他文件。",
                },
                value=path,
            )
        return file

    def _opens(self, root: Path, path: Path) -> bool:
        """Whether a data folder opens a path to operators; all are resolved."""
        shut = (folder.resolve() for folder in self._closed)
        return path.is_relative_to(root) and not any(
            path.is_relative_to(folder) and not root.is_relative_to(folder) for folder in shut
        )


def _keeps(root: Path, path: Path) -> bool:
    return path.is_relative_to(root) and KEPT.fullmatch(path.relative_to(root).as_posix()) is not None


def _opened_by_plugin(url: str) -> Path:
    from patchbay_sdk.registry import plugin_manager

    local: str | None = plugin_manager().hook.open_source(url=url)
    if local is None:
        raise ParamError(
            {
                "en": f"No installed plugin can open {url!r}: name a file, or install one for its scheme.",
                "zh-CN": f"没有安装能打开“{url}”的插件：请填写文件路径，或安装支持这种地址的插件。",
            },
            value=url,
        )
    return Path(local)


def _told(message: str | Mapping[str, str]) -> dict[str, Any]:
    return {"message": message} if isinstance(message, str) else {"message": message["en"], "texts": dict(message)}
