"""Modes: what is multiplied, what is left out with its reason, what is refused when it was asked for alone."""

from builders.scenarios import scenario, told

STREAM = "turns: [{user: a, expect: {stream: {order: [response.created]}}}]"
STORED = "turns: [{id: first, user: a}, {retrieve: first, expect: {status: completed}}]"


def test_the_default():
    modes = scenario("id: a").modes
    assert modes.combinations() == [("plain", "chained", "wire")]
    assert modes.left_out() == []


def test_lists_are_multiplied_in_the_authors_order():
    modes = scenario("modes: {delivery: [stream, plain], state: [stateless, chained]}").modes
    assert modes.combinations() == [
        ("stream", "stateless", "wire"),
        ("stream", "chained", "wire"),
        ("plain", "stateless", "wire"),
        ("plain", "chained", "wire"),
    ]
    assert modes.written == {"delivery", "state"}


def test_what_needs_a_stream_is_left_out_of_plain():
    modes = scenario(f"modes: {{delivery: [plain, stream]}}\n{STREAM}").modes
    assert modes.combinations() == [("stream", "chained", "wire")]
    assert modes.left_out() == [
        (("plain", "chained", "wire"), "`stream/order` looks at a stream, and with delivery `plain` there is none")
    ]


def test_latencies_of_a_stream_need_one_too():
    text = "turns: [{user: a, expect: {latency: {first_token: {below: 2s}, total: {below: 5s}}}}]"
    assert told(text)[0].startswith("`latency/first_token` looks at a stream")
    assert told(text.replace("first_token: {below: 2s}, ", "")) == []


def test_what_needs_a_stored_response_is_left_out_of_stateless():
    modes = scenario(f"modes: {{state: [chained, stateless], delivery: [plain, stream]}}\n{STORED}").modes
    assert [mode[1] for mode in modes.combinations()] == ["chained", "chained"]
    assert {reason for _, reason in modes.left_out()} == {
        "`retrieve` needs a stored response, and with state `stateless` none is kept"
    }


def test_what_was_asked_for_alone_is_refused():
    assert told(STREAM) == [
        "`stream/order` looks at a stream, and with delivery `plain` there is none"
        " | add a mode in which it can run: `modes: {delivery: [stream]}`"
    ]
    assert told(f"modes: {{delivery: [plain]}}\n{STREAM}")
    assert (
        "add a mode in which it can run: `modes: {state: [chained]}`"
        in told(f"modes: {{state: [stateless]}}\n{STORED}")[0]
    )


def test_both_reasons_are_told_where_nothing_is_left():
    text = "modes: {delivery: [plain, stream], state: [stateless, manual]}\nturns: [{user: a}, {retrieve: turn-1}]\n"
    assert told(text + "expect: {stream: {bytes: {above: 0}}}") == []
    alone = text.replace("[plain, stream]", "[plain]").replace("[stateless, manual]", "[stateless]")
    assert len(told(alone + "expect: {stream: {bytes: {above: 0}}}")) == 1


def test_unknown_names_are_told_before_combinations_are_judged():
    assert [each.partition(" |")[0] for each in told(f"modes: {{delivery: [strem]}}\n{STREAM}")] == [
        "unknown delivery `strem`"
    ]


def test_what_runs_in_the_background_is_left_out_of_stateless():
    """The service has to keep it; asked for alone, it is refused where the modes stand."""
    text = "modes: {delivery: [background, background_stream, resumed], state: [stateless, manual]}\n"
    modes = scenario(text).modes
    assert [mode[1] for mode in modes.combinations()] == ["manual"] * 3
    assert {reason for _, reason in modes.left_out()} == {
        f"delivery `{name}` needs a stored response, and with state `stateless` none is kept"
        for name in ("background", "background_stream", "resumed")
    }
    assert told(text.replace(", manual", "").replace("background, background_stream, ", "")) == [
        "delivery `resumed` needs a stored response, and with state `stateless` none is kept"
        " | add a mode in which it can run: `modes: {state: [chained]}`"
    ]


def test_a_conversation_goes_on_in_one_line():
    turns = "turns: [{id: one, user: a}, {user: b, branch_from: one, expect: {status: completed}}]"
    modes = scenario(f"modes: {{state: [conversation, manual]}}\n{turns}").modes
    assert modes.left_out() == [
        (
            ("plain", "conversation", "wire"),
            "`branch_from` begins another line, and with state `conversation` there is one alone",
        )
    ]
    assert len(told(f"modes: {{state: [conversation]}}\n{turns}")) == 1


def test_the_threshold_and_the_state_that_compacts_by_itself_need_each_other():
    assert scenario("modes: {state: [chained, auto_compacted], compact_threshold: 500}").modes.compact_threshold == 500
    assert told("modes: {state: [auto_compacted]}") == [
        "state `auto_compacted` needs a number of tokens to compact above"
        " | write `compact_threshold:` beside `state:`, for example 2000"
    ]
    assert told("modes: {state: [chained], compact_threshold: 500}") == [
        "`compact_threshold` is for the state `auto_compacted`, which is not among these"
        " | add the state, or remove the number"
    ]
    assert len(told("modes: {state: [auto_compacted], compact_threshold: 0}")) == 1
    assert len(told("modes: {state: [auto_compacted], compact_threshold: many}")) >= 1
