"""Two tellings of one item."""

import pytest

from harness.pointer import MISSING
from harness.protocol.compare import differences

ITEM = {"id": "m", "content": [{"text": "a", "logprobs": [{"token": "a", "logprob": -0.25, "bytes": [97]}]}]}


@pytest.mark.parametrize(
    ("first", "second", "pointers"),
    [
        (ITEM, ITEM, []),
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": 1}, {"a": 2}, ["/a"]),
        ({"a": "1"}, {"a": 1}, ["/a"]),
        ({"a": None}, {}, ["/a"]),
        ({}, {"b": 1}, ["/b"]),
        ({"a": [1, 2]}, {"a": [1, 3]}, ["/a/1"]),
        ({"a": [1, 2]}, {"a": [1]}, ["/a"]),
        ({"encrypted_content": "x", "fingerprint": "y"}, {"encrypted_content": "z"}, []),
        ({"logprobs": []}, {}, []),
        ({"logprobs": [{"logprob": -0.1234567}]}, {"logprobs": [{"logprob": -0.123457}]}, []),
        ({"logprobs": [{"logprob": -0.1}]}, {"logprobs": [{"logprob": -0.2}]}, ["/logprobs"]),
        ({"logprobs": [{"token": "a"}]}, {"logprobs": [{"token": "b"}]}, ["/logprobs"]),
        ({"logprobs": [1]}, {"logprobs": []}, ["/logprobs"]),
        ({"logprobs": [{"token": "a"}]}, {"logprobs": [{"word": "a"}]}, ["/logprobs"]),
        ({"logprobs": [{"token": "a"}]}, {"logprobs": [["token"]]}, ["/logprobs"]),
        ({"logprobs": [[1]]}, {"logprobs": [[2]]}, ["/logprobs"]),
        ({"logprobs": [[1, 2]]}, {"logprobs": [[1]]}, ["/logprobs"]),
        ({"logprobs": [{"logprob": 1}]}, {"logprobs": [{"logprob": "1"}]}, ["/logprobs"]),
        ({"logprobs": [{"logprob": -1}]}, {"logprobs": [{"logprob": -1.000001}]}, []),
        ({"logprobs": [{"logprob": -1}]}, {"logprobs": [{"logprob": -1.000002}]}, ["/logprobs"]),
        ({"logprobs": [{"top_logprobs": []}]}, {"logprobs": [{"top_logprobs": None}]}, []),
        ({"logprobs": [{"bytes": [97]}]}, {"logprobs": [{"bytes": [97]}], "a": 1}, ["/a"]),
        ({"a": [{"b": 1}, {"b": 2}], "c": 1}, {"a": [{"b": 0}, {"b": 0}], "c": 0}, ["/a/0/b", "/a/1/b", "/c"]),
        ({"a": {"b": 1}}, {"a": [1]}, ["/a"]),
        ({"a/b": 1}, {"a/b": 2}, ["/a~1b"]),
    ],
)
def test_differences_stand_where_they_are(first, second, pointers):
    assert [pointer for pointer, _, _ in differences(first, second)] == pointers
    assert [pointer for pointer, _, _ in differences(second, first)] == pointers


def test_a_difference_has_the_values_of_both():
    assert list(
        differences({"a": 1, "x": [1, 2], "logprobs": [1]}, {"a": 2, "b": 3, "x": 4, "logprobs": [2]}, "/i")
    ) == [
        ("/i/a", 1, 2),
        ("/i/x", [1, 2], 4),
        ("/i/logprobs", [1], [2]),
        ("/i/b", MISSING, 3),
    ]
