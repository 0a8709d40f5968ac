"""`patchbay datasets`, as far as it needs no platform."""

import pytest

from patchbay_server.cli.datasets import name_of


@pytest.mark.parametrize(
    ("file", "name"),
    [("Lots 2024.csv.gz", "lots-2024"), ("批次.csv", "dataset"), ("_a.b.csv", "a"), ("x" * 200, "x" * 100)],
)
def test_a_file_gives_its_dataset_a_name(tmp_path, file, name):
    assert name_of(tmp_path / file) == name


def test_the_catalogue_is_listed(patchbay):
    listed = patchbay("datasets", "catalogue")
    assert "secom" in listed.output
    assert "CC BY 4.0" in listed.output


def test_without_datasets_there_is_nothing(patchbay):
    assert "There is no dataset yet." in patchbay("datasets", "list").output
    assert "Nothing." in patchbay("datasets", "expire", "--dry-run").output
    shown = patchbay("datasets", "show", "lots")
    assert (shown.status, "no dataset 'lots'" in shown.errors) == (2, True)
