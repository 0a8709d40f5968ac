"""Small files that become huge: the run that reads them fails at its memory limit, and nothing else does."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from patchbay_runners.local import LocalRunner
from patchbay_sdk.registry import installed_catalogue
from patchbay_server.services.datasets import datasets, imports, uploads
from patchbay_server.services.people.actor import COMMAND
from patchbay_server.worker.main import preload_list

MEMORY = 1200 << 20


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[LocalRunner]:
    with LocalRunner(tmp_path / "artifacts", preload_list(installed_catalogue()), grace=1.0, memory=MEMORY) as runner:
        yield runner


@pytest.fixture
def database_url(empty_sqlite: Path, tmp_path: Path) -> str:
    (tmp_path / "patchbay.db").write_bytes(empty_sqlite.read_bytes())
    return f"sqlite:///{tmp_path / 'patchbay.db'}"


def parquet() -> bytes:
    """400 million zeros in a few kilobytes."""
    zeros = pa.table({"x": pa.array([0], type=pa.int64()).take(pa.array([0] * 10_000_000, type=pa.int8()))})
    file = io.BytesIO()
    with pq.ParquetWriter(file, zeros.schema, compression="zstd") as writer:
        for _ in range(40):
            writer.write_table(zeros, row_group_size=10_000_000)
    return file.getvalue()


def excel() -> bytes:
    """A workbook with one text of 1.5 GB."""
    import polars as pl

    small, file = io.BytesIO(), io.BytesIO()
    pl.DataFrame({"text": ["x"]}).write_excel(small)
    with zipfile.ZipFile(small) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name in source.namelist():
            if name != "xl/sharedStrings.xml":
                target.writestr(name, source.read(name))
                continue
            with target.open(name, "w", force_zip64=True) as strings:
                strings.write(b"<sst><si><t>text</t></si><si><t>")
                for _ in range(1500):
                    strings.write(b"x" * 1_000_000)
                strings.write(b"</t></si></sst>")
    return file.getvalue()


@pytest.mark.parametrize(("file_name", "make"), [("lots.parquet", parquet), ("lots.xlsx", excel)])
def test_a_bomb_fails_its_run_alone(platform, project, work, file_name, make):
    data = make()
    assert len(data) < uploads.MAX_CHUNK
    known = uploads.create(platform, COMMAND, project, file_name=file_name, size=len(data))
    uploads.append(platform, COMMAND, project, known.id, offset=0, data=data)
    run_id = imports.start(platform, COMMAND, project, name="lots", upload_id=known.id)
    work()
    assert platform.engine.run(run_id).state == "failed"
    (read, _) = platform.engine.tasks(run_id)
    assert "memory" in read.error["message"] or "crashed in native code" in read.error["message"], read.error
    assert datasets.find(platform, project, "lots").versions == 0
    small = b"a\n1\n"
    known = uploads.create(platform, COMMAND, project, file_name="small.csv", size=len(small))
    uploads.append(platform, COMMAND, project, known.id, offset=0, data=small)
    imports.start(platform, COMMAND, project, name="lots", upload_id=known.id)
    work()
    assert datasets.find(platform, project, "lots").rows == 1
