from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from drift.features import Feature, Features
from drift.messages import Envelope, RejectedError, Table, read_envelope, read_feedback, read_json, read_table

JSON = Envelope("", "", "", "", "application/json")
TWO = Features((Feature("a"), Feature("b")))


def rows(body: dict[str, Any], features: Features = TWO) -> list[list[float]]:
    matrix, rejected = features.encode(read_table(body))
    assert not rejected
    listed: list[list[float]] = matrix.tolist()
    return listed


def reason(body: dict[str, Any], features: Features = TWO) -> str:
    with pytest.raises(RejectedError) as caught:
        features.encode(read_table(body))
    return caught.value.reason


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"ndarray": [[1, 2], [3, 4.0]]}},
        {"data": {"names": ["a", "b"], "ndarray": [[1, 2], [3, 4]]}},
        {"data": {"names": ["b", "extra", "a"], "ndarray": [[2, 9, 1], [4, 9, 3]]}},
        {"data": {"names": ["t:0", "t:1"], "ndarray": [[1, 2], [3, 4]]}},
        {"data": {"tensor": {"shape": [2, 2], "values": [1, 2, 3, 4]}}},
        {"data": {"names": ["b", "a"], "tensor": {"shape": [2, 2], "values": [2, 1, 4, 3]}}},
        {"inputs": [{"name": "in", "shape": [2, 2], "datatype": "FP32", "data": [1, 2, 3, 4]}]},
        {"inputs": [{"name": "in", "shape": [2, 2], "datatype": "FP32", "data": [[1, 2], [3, 4]]}]},
        {
            "inputs": [
                {"name": "b", "shape": [2], "datatype": "FP32", "data": [2, 4]},
                {"name": "a", "shape": [2, 1], "datatype": "FP32", "data": [[1], [3]]},
            ]
        },
    ],
    ids=[
        "ndarray",
        "names",
        "other order",
        "placeholders",
        "tensor",
        "tensor names",
        "v2 rows",
        "v2 nested",
        "v2 columns",
    ],
)
def test_every_form_of_a_request_gives_the_same_rows(body: dict[str, Any]) -> None:
    assert rows(body) == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"ndarray": [1, 2]}},
        {"data": {"tensor": {"shape": [2], "values": [1, 2]}}},
        {"inputs": [{"name": "in", "shape": [2], "datatype": "FP32", "data": [1, 2]}]},
    ],
)
def test_one_dimension_is_one_row_of_a_request_and_a_column_of_a_response(body: dict[str, Any]) -> None:
    assert rows(body) == [[1, 2]]
    assert rows(body, Features((Feature("a"),))) == [[1], [2]]
    answer = {"outputs": body["inputs"]} if "inputs" in body else body
    assert read_table(answer, "outputs").rows == [[1], [2]]


def test_a_bad_row_costs_only_itself() -> None:
    table = Table(None, [[1, 2], ["x", 2], [1], [1, float("inf")], None, [None, 4], ["5", True]])
    matrix, rejected = TWO.encode(table)
    assert np.array_equal(matrix, np.array([[1, 2], [np.nan, 4], [5, 1]]), equal_nan=True)
    assert rejected == {"not_a_number": 1, "wrong_width": 2, "not_finite": 1}


def test_categories_are_recognised_however_they_are_written() -> None:
    features = Features((Feature("a"), Feature("grade", {"1": 0, "2": 1, "n/a": 2})))
    matrix, rejected = features.encode(Table(None, [[0, 1], [0, "1"], [0, 2.0], [0, "2.0"], [0, "n/a"], [0, "new"]]))
    assert matrix[:, 1].tolist() == [0, 0, 1, 1, 2, 3]
    assert features.encode(Table(None, [[0, {"no": "category"}]]))[1] == {"not_a_category": 1}
    assert not rejected


def tensor(name: str, shape: list[int]) -> dict[str, Any]:
    return {"name": name, "shape": shape, "datatype": "FP32", "data": list(range(math.prod(shape)))}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"X": [[1, 2]]}, "unsupported_payload"),
        ({"jsonData": {"a": 1}}, "unsupported_payload"),
        ({"strData": "1,2"}, "unsupported_payload"),
        ({"data": {"tftensor": {}}}, "unsupported_payload"),
        ({"data": [1]}, "malformed_data"),
        ({"data": {"ndarray": "1"}}, "malformed_data"),
        ({"data": {"names": "ab", "ndarray": [[1, 2]]}}, "malformed_data"),
        ({"data": {"names": ["a", "c"], "ndarray": [[1, 2]]}}, "unknown_columns"),
        ({"data": {"tensor": {"shape": [2, 2], "values": [1, 2, 3]}}}, "malformed_data"),
        ({"data": {"tensor": {"shape": [-1, 2], "values": []}}}, "malformed_data"),
        ({"data": {"tensor": {"shape": [1, 1, 2], "values": [1, 2]}}}, "unsupported_payload"),
        ({"inputs": []}, "malformed_data"),
        ({"inputs": [tensor("a", [1]), tensor("b", [2])]}, "malformed_data"),
        ({"inputs": [tensor("a", [1]), tensor("a", [1])]}, "malformed_data"),
        ({"inputs": [tensor("a", [1, 2]), tensor("b", [1])]}, "unsupported_payload"),
        ({"inputs": [tensor("a", [1]), tensor("c", [1])]}, "unknown_columns"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(body: dict[str, Any], expected: str) -> None:
    assert reason(body) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, "empty"), (b"", "empty"), (b"{", "invalid_json"), (b"[1]", "invalid_json"), (b"\xff\xfe", "invalid_json"),
     (b"[" * 100_000, "invalid_json")],
)  # fmt: skip
def test_a_body_is_a_json_object(value: bytes | None, expected: str) -> None:
    with pytest.raises(RejectedError) as caught:
        read_json(value, JSON)
    assert caught.value.reason == expected


def test_grpc_bodies_are_told_apart_by_their_content_type() -> None:
    with pytest.raises(RejectedError, match="protobuf"):
        read_json(b"\x1a\x02", Envelope("", "", "", "", "application/protobuf"))


def test_headers_are_read_by_the_names_that_the_executor_writes() -> None:
    headers = [
        ("type", b"io.seldon.serving.inference.request"),
        ("content-type", b"application/json"),
        ("modelid", b"classifier"),
        ("requestid", b"abc"),
        ("inferenceservicename", b"fraud"),
        ("namespace", b"models"),
        ("endpoint", b"default"),
        ("protocol", b"seldon"),
    ]
    envelope = read_envelope(headers)
    assert envelope == Envelope(
        "io.seldon.serving.inference.request", "default", "classifier", "abc", "application/json"
    )
    assert read_envelope(None) == Envelope("", "", "", "", "")
    assert read_envelope([("type", None), ("modelid", b"\xff")]) == Envelope("", "", "\ufffd", "", "")


def test_feedback_has_up_to_four_parts() -> None:
    body = {
        "request": {"meta": {"puid": "abc"}, "data": {"ndarray": [[1, 2]]}},
        "response": {"data": {"names": ["t:0", "t:1"], "ndarray": [[0.1, 0.9]]}},
        "truth": {"data": {"ndarray": [1]}},
        "reward": 1,
    }
    feedback = read_feedback(body)
    assert feedback.request_id == "abc"
    assert feedback.reward == 1.0
    assert feedback.response is not None
    assert feedback.response.rows == [[0.1, 0.9]]
    assert feedback.truth is not None
    assert feedback.truth.rows == [[1]]
    assert read_feedback({}) == type(feedback)(None, None, None, "")
    word = read_feedback({"truth": {"strData": "spam"}}).truth
    assert word is not None
    assert word.rows == [["spam"]]
