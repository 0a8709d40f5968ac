"""Pools as people declare them: one file, environment variables over it, and errors that name the place."""

import json
from pathlib import Path

import pytest

from patchbay_server import config
from patchbay_server.pool_values import Capacity, Pool

GIB = 1 << 30
DECLARED = """
[train]
workers = 4
drivers = 2
cpu = 16
gpu = 2.5
memory = "64Gi"

[test]
cpu = 9
gpu = 1
memory = "10Gi"
isolated_cpu = 3

[inference]
policy = "elastic"
"""


def load(folder: Path, text: str = DECLARED, name: str = "pools.toml", **variables: str) -> config.Settings:
    (folder / name).write_text(text)
    return config.load({"PATCHBAY_HOME": str(folder), **variables})


def test_a_file_in_the_data_folder_declares_the_pools(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.pools_file == tmp_path / "pools.toml"
    assert settings.pool("train") == Pool(4, 2, 16.0, 2.5, 64 * GIB, "elastic")
    test = settings.pool("test")
    assert (test.workers, test.drivers, test.policy) == (1, 1, "mixed")
    assert test.isolated == Capacity(3.0, 0.0, 5 * GIB), "what is not given is half, in whole GPUs"
    assert settings.pool("inference").policy == "elastic"
    assert config.child_environment(settings)["PATCHBAY_POOLS"] == str(tmp_path / "pools.toml")


def test_variables_have_the_last_word(tmp_path: Path) -> None:
    over = load(tmp_path, PATCHBAY_POOL_TRAIN="cpu=8 drivers=0", PATCHBAY_POOL_INFERENCE="policy=fixed")
    assert over.pool("train") == Pool(4, 0, 8.0, 2.5, 64 * GIB, "elastic")
    assert over.pool("inference").policy == "fixed"


def test_another_file_may_be_named_also_in_json(tmp_path: Path) -> None:
    text = json.dumps({"train": {"cpu": 3, "memory": "1Gi"}})
    settings = load(tmp_path, text, "mine.json", PATCHBAY_POOLS=str(tmp_path / "mine.json"))
    assert (settings.pool("train").cpu, settings.pool("train").memory) == (3.0, GIB)


def test_a_pool_of_one_cpu_has_no_part_for_load_tests(tmp_path: Path) -> None:
    assert load(tmp_path, "[test]\ncpu = 1\n").pool("test").isolated == Capacity(0.0, 0.0, 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[train\n", "pools.toml: cannot be read: "),
        ("[gpu]\n", "pools.toml: there is no pool 'gpu'; there are: train, test, inference."),
        ("train = 4\n", "pools.toml: train=4: a table is needed, such as [train] with cpu = 4 below it."),
        ("[train]\ncores = 4\n", "pools.toml: train.cores: there is no such key; there are: workers, drivers, cpu, "),
        ("[train]\nworkers = 1.5\n", "pools.toml: train.workers=1.5: a whole number from 0 on is needed."),
        ("[train]\ncpu = true\n", "pools.toml: train.cpu=True: a number from 0 on is needed."),
        ("[train]\ncpu = nan\n", "pools.toml: train.cpu=nan: a number from 0 on is needed."),
        ("[train]\nworkers = inf\n", "pools.toml: train.workers=inf: a whole number from 0 on is needed."),
        ("[train]\nmemory = 64\n", 'pools.toml: train.memory=64: a size such as "512Mi" or "64Gi" is needed.'),
        ('[train]\nmemory = "64GB"\n', "pools.toml: train.memory='64GB': a size such as"),
        ("[train]\npolicy = []\n", "pools.toml: train.policy=[]: one of elastic, fixed, mixed is needed."),
        ("[train]\nisolated_cpu = 1\n", "Pool train: isolated_cpu is for the policy mixed, and its policy is elastic."),
        ("[test]\ncpu = 2\nisolated_cpu = 3\n", "Pool test: isolated_cpu (3) is more than its cpu (2)."),
    ],
)
def test_an_error_names_the_file_the_key_and_what_is_allowed(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError) as caught:
        load(tmp_path, text)
    assert message in caught.value.message


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError, match=r"none\.toml: cannot be read"):
        config.load({"PATCHBAY_HOME": str(tmp_path), "PATCHBAY_POOLS": str(tmp_path / "none.toml")})
