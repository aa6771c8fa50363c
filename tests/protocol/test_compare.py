"""Two tellings of one item."""

import pytest

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
        ({"a/b": 1}, {"a/b": 2}, ["/a~1b"]),
    ],
)
def test_differences_stand_where_they_are(first, second, pointers):
    assert [pointer for pointer, _, _ in differences(first, second)] == pointers
    assert [pointer for pointer, _, _ in differences(second, first)] == pointers
