"""The checker beyond the table of defects: it never raises, goes on, and costs the same for every event."""

import copy
import sys
from typing import Any

import pytest
from builders import streams as s
from builders.streams import BASES, at, changed, renumbered, twice, without
from hypothesis import given
from hypothesis import strategies as st

from harness.findings import Finding, Level
from harness.protocol.grammar import GRAMMAR
from harness.protocol.profiles import CODEX, CORE, LENIENT, Profile
from harness.protocol.stream import StreamChecker
from harness.protocol.vocabulary import EVENTS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
FIELDS = sorted({name for row in EVENTS.values() for name in row} | {"type", "sequence_number", "error", "logprobs"})


def judge(events: list[Any], profile: Profile = CORE, **more: Any) -> list[Finding]:
    """What is found in a stream; `None` among the events is a frame that could not be read."""
    checker = StreamChecker(profile, **more)
    found: list[Finding] = []
    for event in events:
        found += checker.skip() if event is None else checker.feed(event)
    return [*found, *checker.finish()]


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6), max_size=8), st.booleans())
def test_no_json_object_makes_it_raise(events: list[Any], resumed: bool):
    judge(events, resumed_after=3 if resumed else None)


@given(
    st.lists(
        st.builds(
            lambda name, fields: {"type": name, **fields},
            st.sampled_from(sorted(GRAMMAR)),
            st.dictionaries(st.sampled_from(FIELDS), JSON | st.fixed_dictionaries({"type": JSON}), max_size=7),
        ),
        max_size=10,
    )
)
def test_no_sequence_of_events_makes_it_raise(events: list[Any]):
    judge(events)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


@given(st.data())
def test_no_spoilt_field_makes_it_raise(data: st.DataObject):
    """Any value of any event of a correct stream replaced by anything: it goes on, and so does the fold."""
    events: Any = data.draw(st.sampled_from(sorted(BASES)).map(lambda name: BASES[name]()))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from([place for place in places(events) if len(place) > 1]))
        node = events
        try:
            for key in path[:-1]:
                node = node[key]
            node[path[-1]] = data.draw(JSON)
        except (KeyError, TypeError, IndexError):
            continue  # an earlier change took this place away
    checker = StreamChecker(data.draw(st.sampled_from([CORE, CODEX, LENIENT])))
    for event in events:
        checker.feed(event)
        assert checker.fold.response is None or isinstance(checker.fold.response, dict)
    checker.finish()


def test_all_well_is_always_the_same_empty_tuple():
    checker = StreamChecker()

    assert {id(checker.feed(event)) for event in s.x1()} == {id(())}
    assert checker.finish() == ()
    assert checker.terminal == "response.completed"


def test_a_finding_says_which_event_and_where_in_it():
    (finding,) = judge(changed(s.x1(), 5, "/output_index", 7))

    assert (finding.rule, finding.wire.event, finding.wire.pointer) == ("order.wrong_index", 5, "/output_index")
    assert (finding.expected, finding.actual) == (0, 7)


@pytest.mark.parametrize("name", sorted(BASES))
def test_after_an_unreadable_frame_nothing_is_concluded_from_its_absence(name: str):
    events = BASES[name]()
    for index in range(len(events)):
        spoilt: list[Any] = list(events)
        spoilt[index] = None
        assert judge(spoilt) == [], (index, events[index]["type"])


@pytest.mark.parametrize("name", sorted(BASES))
def test_one_unreadable_frame_may_have_swallowed_the_next(name: str):
    events = BASES[name]()
    for index in range(len(events) - 1):
        spoilt: list[Any] = [*events[:index], None, *events[index + 2 :]]
        assert judge(spoilt) == [], (index, events[index]["type"])


def test_a_frame_without_anything_leaves_a_gap():
    """Defect A30: the field name of event 5 is misspelt; its number is missing, its text is not held against anyone."""
    events = s.x1()
    checker = StreamChecker()
    found: list[Finding] = []
    for index, event in enumerate(events):
        found += checker.skip(numbered=False) if index == 5 else checker.feed(event)
    found += checker.finish()

    assert [(finding.rule, finding.wire.event) for finding in found] == [("order.seq_gap", 6)]


def test_log_probabilities_that_could_not_be_read_are_not_missed():
    events: list[Any] = s.with_logprobs()
    events[5] = None

    assert judge(events) == []


def test_a_fault_after_an_unreadable_frame_is_still_found():
    events: list[Any] = s.two_messages()
    events = changed(events, at(events, "output_text.done", 1), "/text", "Else.")
    events[4] = None

    assert [finding.rule for finding in judge(events)] == ["text.done_mismatch"]


def test_two_faults_are_two_findings():
    events = s.two_messages()
    events = changed(events, at(events, "output_text.done", 0), "/text", "Else.")
    events = renumbered(without(events, at(events, "output_text.done", 1)))

    assert [finding.rule for finding in judge(events)] == ["text.done_mismatch", "order.missing_done"]


def test_a_cut_stream_is_not_the_services_word():
    checker = StreamChecker()
    for event in s.x1()[:7]:
        checker.feed(event)

    assert checker.finish(cut=True) == ()
    assert checker.terminal is None


def test_a_delta_of_the_wrong_type_is_found_on_the_hot_path():
    for value in (True, 0.0, 1, None, [], {}):
        for pointer in ("/output_index", "/content_index", "/delta", "/item_id"):
            if (pointer, value) in (("/output_index", 0), ("/content_index", 0)):
                continue
            found = judge(changed(s.x1(), 5, pointer, value))
            rules = {finding.rule for finding in found if finding.level is Level.ERROR}
            assert rules in ({"wire.bad_type"}, {"order.wrong_index"}), (pointer, value, found)


def test_numbers_that_never_move_are_one_finding():
    found = judge([{**event, "sequence_number": 3} for event in s.x1()])

    assert [finding.rule for finding in found] == ["order.seq_start", "order.seq_repeat"]


def test_the_profile_lowers_what_it_knows_of():
    rotating = changed(s.x1(), -1, "/response/id", "resp_2")

    assert [finding.level for finding in judge(rotating)] == [Level.ERROR]
    assert [finding.level for finding in judge(rotating, LENIENT)] == [Level.WARNING]


def test_codex_may_end_with_nothing():
    empty = changed(s.x1(), -1, "/response/output", [])

    assert [finding.rule for finding in judge(empty)] == ["order.final_output_missing"]
    assert judge(empty, CODEX) == []


def test_several_mcp_lists_may_be_open_at_once():
    """OpenAI closes only the last of them; the others stand in the last event all the same."""
    telling = s.Telling().begin()
    lists = [{"id": f"mcpl_{n}", "type": "mcp_list_tools", "server_label": f"s{n}", "tools": []} for n in range(3)]
    for index, item in enumerate(lists):
        telling.tell("response.output_item.added", output_index=index, item=item)
        telling.tell("response.mcp_list_tools.in_progress", output_index=index, item_id=item["id"])
    for index in (2, 0, 1):
        telling.tell("response.mcp_list_tools.completed", output_index=index, item_id=lists[index]["id"])
    telling.tell("response.output_item.done", output_index=1, item=lists[1])
    telling.output += copy.deepcopy(lists)

    found = judge(telling.end())

    assert {(finding.rule, finding.level) for finding in found} == {("order.missing_done", Level.WARNING)}


def lists_open(count: int) -> tuple[s.Telling, list[dict[str, Any]]]:
    """A stream in which so many lists of tools are open at once."""
    telling = s.Telling().begin()
    lists = [{"id": f"mcpl_{n}", "type": "mcp_list_tools", "server_label": f"s{n}", "tools": []} for n in range(count)]
    for index, item in enumerate(lists):
        telling.tell("response.output_item.added", output_index=index, item=item)
        telling.tell("response.mcp_list_tools.in_progress", output_index=index, item_id=item["id"])
    return telling, lists


@pytest.mark.parametrize(("count", "level"), [(1, Level.ERROR), (2, Level.WARNING), (3, Level.WARNING)])
def test_only_lists_beside_lists_may_stay_open(count: int, level: Level):
    telling, lists = lists_open(count)
    for index, item in enumerate(lists):
        telling.tell("response.mcp_list_tools.completed", output_index=index, item_id=item["id"])
    telling.output += copy.deepcopy(lists)

    found = judge(telling.end())

    assert [(each.rule, each.level) for each in found] == [("order.missing_done", level)] * count


def test_what_lies_beside_open_lists_is_closed():
    """That lists may stay open excuses no message."""
    telling, lists = lists_open(2)
    for index, item in enumerate(lists):
        telling.tell("response.mcp_list_tools.completed", output_index=index, item_id=item["id"])
        telling.tell("response.output_item.done", output_index=index, item=item)
    telling.output += copy.deepcopy(lists)
    events = s.message(telling, "Hello.").end()
    closing = next(n for n, event in enumerate(events) if "done" in event["type"] and event.get("output_index") == 2)
    found = judge(renumbered([*events[:closing], events[-1]]))

    assert ("order.missing_done", Level.ERROR) in {(each.rule, each.level) for each in found}
    assert any("its message 2 was not closed" in each.message for each in found)


def test_an_item_without_a_type_is_called_an_item():
    events = [event for event in changed(s.x1(), 2, "/item/type", None) if "done" not in event["type"]]

    assert any("its item 0 was not closed" in each.message for each in judge(renumbered(events)))


def test_after_a_foreign_id_the_ids_of_an_item_count_no_more():
    """It is told once; that the next one is the id of another open item is no second fault."""
    telling, lists = lists_open(2)
    for id_ in ("mcpl_foreign", lists[1]["id"]):
        telling.tell("response.mcp_list_tools.in_progress", output_index=0, item_id=id_)
    for index, item in enumerate(lists):
        telling.tell("response.mcp_list_tools.completed", output_index=index, item_id=item["id"])
        telling.tell("response.output_item.done", output_index=index, item=item)
    telling.output += copy.deepcopy(lists)

    rules = [each.rule for each in judge(telling.end())]

    assert rules.count("order.item_mismatch") == 1
    assert "order.wrong_index" not in rules


def calls(deltas: int, numbered: bool = True) -> int:
    """How many calls it takes to judge a message of so many deltas."""
    events = s.message(s.Telling().begin(), *["word "] * deltas).end()
    if not numbered:
        events = [{name: value for name, value in event.items() if name != "sequence_number"} for event in events]
    checker, count = StreamChecker(), 0

    def one_more(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(one_more)
    try:
        for event in events:
            checker.feed(event)
    finally:
        sys.setprofile(None)
    return count


def test_the_work_for_an_event_does_not_grow_with_the_stream():
    """Counted in calls, not in time: the benchmark measures that."""
    assert calls(5_000) / 5_000 <= calls(500) / 500


def test_a_delta_that_goes_on_takes_the_short_way():
    """Without numbers there is no short way; it takes less than half of the calls."""
    assert 2 * (calls(1_500) - calls(500)) < calls(1_500, numbered=False) - calls(500, numbered=False)


def test_a_doubled_event_under_its_own_number_is_not_added_twice():
    events = twice(s.x1(), 5)
    checker = StreamChecker()
    for event in events[:-1]:
        checker.feed(event)

    assert checker.fold.response["output"][0]["content"][0]["text"] == "The capital is Paris."
