"""While a run with a key talks to its endpoint, nothing that can be printed of the harness's own objects tells it."""

import faulthandler
import gc
import json
import tempfile
from collections.abc import Iterator
from functools import partial

import pytest
from plugin.test_environment_stays import endpoint

from harness.wire.redact import Secret

SCENARIO = "scenario: A\nid: a\nturns: [{user: Reply with OK., expect: {status: completed}}]\n"


def ours() -> list[object]:
    """Every living object of a class of the harness, and what their modules hold by a public name."""
    gc.unfreeze()  # what was frozen is not listed
    living = [each for each in gc.get_objects() if str(type(each).__module__).partition(".")[0] == "harness"]
    public = [
        value
        for each in gc.get_objects()
        if isinstance(each, type(gc)) and str(each.__name__).partition(".")[0] == "harness"
        for name, value in vars(each).items()
        if not name.startswith("_")
    ]
    return living + public


def spellings(each: object) -> Iterator[str]:
    """What a message, a traceback with locals, a log or a careless dump would show of an object."""
    yield from (_tried(way, each) for way in (repr, str, format, lambda it: json.dumps(it, default=repr)))
    for name in dir(type(each)):
        if not name.startswith("_") and not callable(getattr(type(each), name, None)):
            yield _tried(lambda it, name=name: repr(getattr(it, name)), each)


def _tried(way: object, each: object) -> str:
    try:
        return str(way(each))  # type: ignore[operator]
    except Exception as error:
        return repr(error)


def telling(key: str) -> tuple[int, set[str]]:
    """How many objects were looked at, and the classes of those that tell the key."""
    looked = ours()
    return len(looked), {type(each).__name__ for each in looked if any(key in told for told in spellings(each))}


def seen(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, key: str) -> tuple[int, set[str]]:
    """What was seen from within the endpoint, while a run waits for its answer; no other test has the same key."""
    monkeypatch.setenv("PLANTED_KEY", key)
    asked: list[dict[str, object]] = []
    (pytester.path / "specs").mkdir()
    (pytester.path / "specs" / "a.yaml").write_text(SCENARIO)
    with endpoint(asked, look=partial(telling, key)) as base:
        options = ("--endpoint", base, "--deployment", "d", "--api-key-env", "PLANTED_KEY")
        pytester.runpytest_inprocess("--rootdir=.", "specs", *options)
    assert [each["authorization"] for each in asked] == [f"Bearer {key}"]
    count, classes = asked[0]["looked"]  # type: ignore[misc]
    return count, classes


def test_T2_no_object_of_ours_tells_a_key(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    count, classes = seen(pytester, monkeypatch, "sk-kept-in-memory-51d27f3a9c")

    assert count > 1_000
    assert classes == set()


def test_T2_an_object_that_tells_it_is_seen(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Secret, "__repr__", lambda self: self.reveal())

    assert "Secret" in seen(pytester, monkeypatch, "sk-told-by-a-secret-3a9c51d27f")[1]


def test_T2_a_dump_of_all_threads_holds_no_values(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    key = Secret("MY_KEY", "sk-in-a-thread-9c51d27f3a")
    with tempfile.TemporaryFile() as file:
        faulthandler.dump_traceback(file, all_threads=True)
        file.seek(0)
        told = file.read().decode()

    assert "test_secrets_in_memory.py" in told
    assert key.reveal() not in told
