"""The traps that the notes of the shared datasets name are each told, on the datasets themselves."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.datasets import ai4i2020, dataset, secom
from tests.operators.check.advising import applied, ask, bad
from tests.operators.source.reading import read

ADULT = [
    "age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship", "race",
    "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income",
]  # fmt: skip


def csv(name: str) -> pl.DataFrame:
    return pl.read_csv(dataset(name), try_parse_dates=True, infer_schema_length=None)


def unpacked(name: str) -> bytes:
    return gzip.decompress(dataset(name).read_bytes())


def test_ai4i_parts_of_the_target(tmp_path: Path) -> None:
    found = ask(tmp_path, ai4i2020(), target="Machine failure")
    leakage = found["leakage"]
    assert sorted(leakage["columns"]) == ["HDF", "OSF", "PWF", "TWF"]
    assert leakage["severity"] == "stop"
    _, then = applied(tmp_path, ai4i2020(), leakage, target="Machine failure")
    assert "no_leakage" in then
    assert {"UDI"} <= set(found["identifiers"]["columns"])
    assert found["imbalance"]["values"]["rows"] == 339


def test_secom_random_tests_flatter_columns_carry_nothing_and_failures_are_rare(tmp_path: Path) -> None:
    found = ask(tmp_path, secom(), target="fail", positive="1")
    assert found["time_order"]["fix"]["params"] == {"split": "time", "split_by": "timestamp"}
    assert "better than it is" in found["time_order"]["meaning"]["en"]
    assert found["column_drift"]["values"]["columns"] >= 20
    assert "flatter the model" in found["column_drift"]["meaning"]["en"]
    assert found["target_drift"]["values"]["shares"][0] > 2 * found["target_drift"]["values"]["shares"][-1]
    assert len(found["mostly_missing"]["columns"]) == 28
    assert len(found["constant"]["columns"]) >= 116
    # 104 columns are the same as another: all of these are constant, and told as such.
    assert {"sensor_014", "sensor_150"} <= set(found["constant"]["columns"])
    assert "same_columns" not in found
    assert found["imbalance"]["values"] == {"rows": 104, "of": 1567, "share": pytest.approx(0.0664, abs=1e-3)}
    assert "no_leakage" in found
    honest = ask(tmp_path, secom(), target="fail", positive="1", split="time", split_by="timestamp")
    assert honest["time_order"]["severity"] == honest["column_drift"]["severity"] == "good"


def test_secom_times_that_repeat_matter_to_a_series(tmp_path: Path) -> None:
    series = secom().select("timestamp", "sensor_001")
    found = ask(tmp_path, series, kind="forecast", target="sensor_001", time="timestamp")
    assert found["repeated_times"]["values"] == {"rows": 33}


def test_secom_days_first_and_days_that_were_taken_for_months(tmp_path: Path) -> None:
    lines = dataset("secom/secom_labels.data").read_text().splitlines()
    texts = [line.split('"')[1] for line in lines]
    frame = pl.DataFrame({"timestamp": texts, "fail": [int(line.split()[0] == "1") for line in lines]})
    found = ask(tmp_path, frame, target="fail")["dates_as_text"]
    assert found["values"]["order"] == "day"
    after, _ = applied(tmp_path, frame, found, target="fail")
    assert after["timestamp"].to_list() == secom()["timestamp"].to_list()
    # A reader that puts the month first where it can, as the one of a public copy did.
    scrambled = [
        time.replace(day=time.month, month=time.day) if time.day <= 12 else time for time in after["timestamp"]
    ]
    swapped = ask(tmp_path, frame.with_columns(timestamp=pl.Series(scrambled)), target="fail")
    assert swapped["dates_swapped"]["columns"] == ["timestamp"]


@pytest.fixture(scope="module")
def adult(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Training and test file one below the other, as people put them together."""
    texts = [unpacked(f"adult/adult.{part}.gz").decode() for part in ("data", "test")]
    together = texts[0].rstrip() + "\n" + texts[1].partition("\n")[2]
    options = {"header": False, "column_names": ADULT, "missing": [""]}
    return read(tmp_path_factory.mktemp("adult"), together, **options).frame


def test_adult_labels_with_a_full_stop_question_marks_and_blanks(adult: pl.DataFrame, tmp_path: Path) -> None:
    found = ask(tmp_path, adult, target="income")
    assert found["spelling"]["severity"] == "warn"
    assert found["spelling"]["columns"] == ["income"]
    assert sorted(found["hidden_gaps"]["columns"]) == ["native-country", "occupation", "workclass"]
    assert "error_codes" not in found, "a gain of 99999 is the end of the scale: all who have it earn much"
    assert found["sampling_weight"]["columns"] == ["fnlwgt"]
    assert sorted(found["protected_attributes"]["columns"]) == [
        "age",
        "marital-status",
        "native-country",
        "race",
        "sex",
    ]
    frame, then = applied(tmp_path, adult, found["spelling"], target="income")
    assert frame["income"].value_counts(sort=True).rows() == [("<=50K", 37155), (">50K", 11687)]
    frame, then = applied(tmp_path, frame, found["hidden_gaps"], target="income")
    assert frame.null_count().select("workclass", "occupation", "native-country").row(0) == (2799, 2809, 857)
    assert not {"spelling", "hidden_gaps"} & bad(then)


def test_credit_default_codes_and_rows_that_repeat_under_another_number(tmp_path: Path) -> None:
    frame, params = csv("credit_default/UCI_Credit_Card.csv.gz"), {"target": "default.payment.next.month"}
    found = ask(tmp_path, frame, **params)
    assert found["duplicates"]["values"]["rows"] == 35
    assert {"EDUCATION", "MARRIAGE"} <= set(found["rare_codes"]["columns"])
    assert {"0", "5", "6"} <= set(found["rare_codes"]["values"]["EDUCATION"])
    assert set(found["rare_codes"]["values"]["MARRIAGE"]) == {"0"}
    assert {"PAY_0", *(f"PAY_{month}" for month in range(2, 7))} <= set(found["rare_codes"]["columns"])
    assert "“PAY_0” also has “-2” and “-1”" in found["rare_codes"]["meaning"]["en"]
    assert sorted(found["protected_attributes"]["columns"]) == ["AGE", "MARRIAGE", "SEX"]
    assert found["identifiers"]["columns"] == ["ID"]
    after, then = applied(tmp_path, frame, found["duplicates"], **params)
    assert after.height == 30_000 - 35
    assert "duplicates" not in bad(then)


def test_ccpp_repeated_rows_and_no_order_of_time(tmp_path: Path) -> None:
    found = ask(tmp_path, csv("ccpp/ccpp.csv"), kind="number", target="PE")
    assert found["duplicates"]["values"]["rows"] == 41
    assert bad(found) == {"duplicates"}


def test_cmapss_engines_and_sensors_that_never_change(tmp_path: Path) -> None:
    matrix = np.loadtxt(io.BytesIO(unpacked("cmapss_fd001/train_FD001.txt.gz")))
    frame = pl.DataFrame({f"column_{place + 1}": matrix[:, place] for place in range(matrix.shape[1])})
    frame = frame.with_columns(pl.col("column_1", "column_2").cast(pl.Int64))
    frame = frame.with_columns(life=pl.col("column_2").max().over("column_1") - pl.col("column_2"))
    found = ask(tmp_path, frame, kind="number", target="life")
    assert found["groups"]["fix"]["params"] == {"split": "group", "split_by": "column_1"}
    assert len(found["constant"]["columns"]) >= 6
    honest = ask(tmp_path, frame, kind="number", target="life", split="group", split_by="column_1")
    assert honest["groups"]["severity"] == "good"


def test_sms_spam_messages_that_repeat(tmp_path: Path) -> None:
    text = unpacked("sms_spam/SMSSpamCollection.gz").decode()
    frame = pl.DataFrame([line.split("\t", 1) for line in text.splitlines()], orient="row", schema=["label", "text"])
    found = ask(tmp_path, frame, kind="text", target="label")
    assert found["duplicates"]["values"]["rows"] == 403
    assert found["imbalance"]["values"]["rows"] == 747
    after, then = applied(tmp_path, frame, found["duplicates"], kind="text", target="label")
    assert (after.height, "duplicates" in bad(then)) == (5171, False)


def test_sms_spam_quotes_are_told_before_the_import(tmp_path: Path) -> None:
    from tests.operators.source.test_preview import preview, said

    found = preview(tmp_path, unpacked("sms_spam/SMSSpamCollection.gz"), header=False)
    bad_rows = said(found, "bad_rows")
    assert {"quoting": False} in [choice["options"] for choice in bad_rows["options"]]


def test_adult_a_comment_above_the_rows_is_no_row(tmp_path: Path) -> None:
    from tests.operators.source.test_preview import preview

    found = preview(tmp_path, unpacked("adult/adult.test.gz"))
    assert found["options"] == {"skip_lines": 1, "header": False}
    assert (len(found["columns"]), found["rows"][0][:2]) == (15, ["25", "Private"])


def test_nab_times_that_repeat(tmp_path: Path) -> None:
    frame = csv("nab_anomaly/machine_temperature_system_failure.csv.gz")
    found = ask(tmp_path, frame, kind="unusual")
    assert found["repeated_times"]["values"] == {"rows": 12}
    _, then = applied(tmp_path, frame, found["repeated_times"], kind="unusual")
    assert bad(then) == set()
    assert bad(ask(tmp_path, csv("nab_anomaly/nyc_taxi.csv.gz"), kind="unusual")) == set()


def test_etth1_is_sound(tmp_path: Path) -> None:
    assert bad(ask(tmp_path, csv("etth1/ETTh1.csv.gz"), kind="forecast", target="OT", time="date")) == set()


def test_wholesale_amounts_are_skewed(tmp_path: Path) -> None:
    found = ask(tmp_path, csv("wholesale_customers/wholesale_customers.csv"), kind="groups")
    assert {"Fresh", "Milk", "Delicassen"} <= set(found["skewed"]["columns"])
    assert bad(found) == {"skewed"}


def test_msweb_rows_are_visits_not_users(tmp_path: Path) -> None:
    found = ask(tmp_path, csv("msweb/msweb_visits.csv.gz"), kind="groups")
    assert found["rows_of_many"]["columns"] == ["user"]


def test_wm811k_rare_defects_and_a_split_that_was_made_before(tmp_path: Path) -> None:
    data = np.load(dataset("wm811k_defects32/wm811k_defects_32x32.npz"))
    maps, label, split = data["images"], data["labels"], data["split"]
    die = (maps > 0).sum(axis=(1, 2))
    frame = pl.DataFrame({"failing": (maps == 2).sum(axis=(1, 2)) / die, "split": split, "defect": label})
    found = ask(tmp_path, frame, target="defect")
    assert found["made_split"]["columns"] == ["split"]
    assert "“Near-full”" in found["imbalance"]["title"]["en"]


def test_values_that_no_sensor_gives_are_found_in_real_rows(tmp_path: Path) -> None:
    frame = csv("ccpp/ccpp.csv").unique(maintain_order=True)
    broken = pl.DataFrame(
        {name: [1e6, -5e5, 2e6] for name in frame.columns if name != "PE"} | {"PE": [450.0, 460.0, 470.0]}
    )
    found = ask(tmp_path, pl.concat([frame, broken.select(frame.columns)]), kind="number", target="PE")
    assert found["outlier_rows"]["values"]["whole_rows"] >= 2
