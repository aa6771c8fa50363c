"""What an author can get wrong in the language, and that nothing of it passes unseen."""

import re

import pytest
from builders.scenarios import completed, mistakes, scenario, told

from harness.findings import CODES, Severity
from harness.scenario.actions import ACTIONS, MODES
from harness.scenario.subjects import SUBJECTS
from harness.scenario.written import WrittenAllow, WrittenModes, WrittenPass, WrittenScenario, WrittenTurn


def message(text: str) -> str:
    """The one message of the one mistake."""
    (only,) = told(text)
    return only


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        ("{usr: hi, expect: {text: a}}", "unknown key `usr` in a turn | did you mean `user`?"),
        ("{user: hi, expct: {text: a}, expect: {text: a}}", "unknown key `expct` in a turn | did you mean `expect`?"),
        ("{expect: {text: a}}", "this turn has no action | one of `user`, `input`, `retrieve`"),
        ("{user: a, input: [b], expect: {text: a}}", "a turn has one action, and this one has `user` already"),
        ("{wait: 2s, expect: {text: a}}", "a `wait` sends nothing, so `expect` says nothing"),
        ("{user: a, attach: [], expect: {text: a}}", "`attach` must hold at least 1, not 0"),
        ("{user: 5, expect: {text: a}}", "`user` must be text, not the number 5"),
        ("{user: , expect: {text: a}}", "`user` must be text, not empty"),
        ("{input: a, expect: {text: a}}", "`input` must be a list, not the text `a` | write `[a]`"),
        ("{user: a, id: A B, expect: {text: a}}", "`A B` is no id"),
        ("{user: a, branch_from: x, expect: {text: a}}", "the turn `x` is not there"),
        ("{retrieve: turn-1, expect: {text: a}}", "the turn `turn-1` is not there"),
        ("{user: a, mock: 5, expect: {text: a}}", "`mock` must be a mapping, not the number 5"),
        ("{user: a, expect: {}, id: x}", "an empty `expect` demands nothing"),
        ("{user: a, capture: {x: id}, expect: {text: a}}", "a JSONPath begins with `$`"),
        ("{user: a, capture: {x: '$['}, expect: {text: a}}", "this is no JSONPath"),
        ("{user: a, capture: {target: $.id}, expect: {text: a}}", "the name `target` is the harness's own"),
        ("{user: a, capture: {a b: $.id}, expect: {text: a}}", "`a b` is no name for a variable"),
        (
            "{user: a, request: {stream: true}, expect: {text: a}}",
            "`stream` is not for `request` to say | write `modes:",
        ),
        ("{user: a, request: {input: x}, expect: {text: a}}", "`input` is not for `request` to say"),
    ],
)
def test_turns(turn, expected):
    assert message(f"turns: [{turn}]").startswith(expected)


def test_an_unknown_key_and_a_missing_action_are_both_told():
    assert [each.partition(" |")[0] for each in told("turns: [{expct: {text: a}}]\nexpect: {text: a}")] == [
        "this turn has no action",
        "unknown key `expct` in a turn",
    ]


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ("[{user: a, id: x}, {retrieve: y}]", "the turn `y` is not there | there is only x"),
        ("[{user: a, id: first}, {retrieve: frist}]", "the turn `frist` is not there | did you mean `first`?"),
        ("[{retrieve: x}, {user: a, id: x}]", "the turn `x` comes no earlier than this one"),
        ("[{user: a}, {retrieve: b, id: b}]", "the turn `b` comes no earlier than this one | there is only turn-1"),
        (
            "[{user: a}, {retrieve: turn-1}, {retrieve: turn-2}]",
            "the turn `turn-2` is a `retrieve` and creates no response",
        ),
        ("[{user: a}, {retrieve: turn-1, branch_from: turn-1}]", "`branch_from` says from where a response continues"),
        ("[{user: a, id: turn-2}, {user: b}]", "the turn id `turn-2` stands here twice"),
        ("[{user: a, id: x}, {user: b, id: x}]", "the turn id `x` stands here twice"),
        (
            "[{user: a, capture: {x: $.a}}, {user: a, capture: {x: $.a}}]",
            "`x` is captured by the turn `turn-1` already",
        ),
        ("[]", "`turns` must hold at least 1, not 0"),
        ("[5]", "entry 1 of `turns` must be a mapping, not the number 5"),
        ("{user: a}", "`turns` must be a list, not a mapping"),
    ],
)
def test_turns_among_each_other(turns, expected):
    assert any(each.startswith(expected) for each in told(f"turns: {turns}\nexpect: {{status: completed}}"))


@pytest.mark.parametrize(
    ("expect", "expected"),
    [
        ("statuss: completed", "unknown subject `statuss` in `expect` | did you mean `status`?"),
        ("qqq: 1", "unknown subject `qqq` in `expect` | other fields of the response stand under `path:`"),
        ("images: {colour: [red]}", "unknown key `colour` in `images` | one of count, type, width,"),
        ("images: {type: png}", "this is compared with a list, and the text `png` is none | write `[…]`"),
        ("judge: {criteria: a, target: 7}", "`target` is the name of a target, written out"),
        ("status: complete", "no status is `complete` | did you mean `completed`?"),
        ("status: done", "no status is `done` | one of completed,"),
        ("text: 4417", "`equals` needs a text, not the number 4417 | put it in quotes: \"4417\""),
        ("text: {}", "an empty mapping says nothing"),
        ("text: {contain: a}", "unknown matcher `contain` | did you mean `contains`?"),
        ("usage: {totl_tokens: 1}", "unknown key `totl_tokens` in `usage` | did you mean `total_tokens`?"),
        ("usage: 5", "this is compared with a mapping"),
        ("usage: {total_tokens: {above: many}}", "`above` needs a number"),
        ("usage: {}", "an empty mapping says nothing"),
        ("latency: {total: {below: 5}}", "a duration has a unit | write `5s` or `5ms`"),
        ("latency: {total: 5s}", "no duration equals another exactly"),
        ("error: {stat: 400}", "unknown key `stat` in `error` | did you mean `status`?"),
        ("error: {status: '400'}", "this is compared with a number"),
        ("path: {a.b: 1}", "a JSONPath begins with `$`"),
        ("path: {}", "`path` needs a mapping of JSONPath and matcher"),
        ("path: $.a", "`path` needs a mapping of JSONPath and matcher"),
        ("headers: {a: 1}", "`equals` needs a text"),
        ("headers: {A: x, a: y}", "the header `a` stands here twice"),
        ("items: message", "this is compared with a list"),
        ("reasoning: {present: yes}", "this is compared with a flag"),
        ("tool_calls: []", "`tool_calls` needs a call | for no call at all write `{count: 0}`"),
        ("tool_calls: roll", "`tool_calls` needs a list of calls"),
        ("tool_calls: [{nme: roll}]", "a call needs a `name`"),
        ("tool_calls: [roll]", "a call is a mapping"),
        ("tool_calls: [{name: roll, count: {above: 1}}]", "in exact order `count` is a number from 1 on"),
        ("tool_calls: [{name: roll, arguments: []}]", "`arguments` needs a mapping"),
        ("tool_calls: {calls: [{name: a}], order: some}", "`order` cannot be the text `some`"),
        ("tool_calls: {calls: [{name: a}], oder: any}", "unknown key `oder` in `tool_calls` | did you mean `order`?"),
        ("stream: {events: {a: many}}", "this is compared with a number"),
        ("stream: {order: []}", "`order` needs a list with an entry"),
        ("stream: {bytes: {below: 5s}}", "`5s` is a duration; what is looked at is a size"),
    ],
)  # fmt: skip
def test_expectations(expect, expected):
    found = told(f"modes: {{delivery: [stream]}}\nturns: [{{user: a, expect: {{{expect}}}}}]")
    assert any(each.startswith(expected) for each in found), found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("modes: {delivery: [strem]}", "unknown delivery `strem` | did you mean `stream`?"),
        ("modes: {state: [chained, chained]}", "state `chained` stands here twice"),
        ("modes: {delivery: []}", "`delivery` must hold at least 1"),
        ("modes: {delivery: stream}", "`delivery` must be a list, not the text `stream` | write `[stream]`"),
        ("modes: {delivery: }", "`delivery` must be a list, not empty"),
        ("modes: {stat: [manual]}", "unknown key `stat` in `modes` | did you mean `state`?"),
        ("modes:", "`modes` must be a mapping, not empty"),
        ("given: {a: text}", "`a` must be a mapping, not the text `text`"),
        ("given: {a: {txt: {}}}", "unknown strategy `txt` | did you mean `text`?"),
        ("cases: rows.xlsx", "`rows.xlsx` is no table | its name ends in .csv or .jsonl"),
        ("cases: []", "`cases` needs a row"),
        ("repeat: 1000000000", "`repeat` must be at most 1000, not the number 1000000000"),
        ("repeat: 0", "`repeat` must be at least 1, not the number 0"),
        ("repeat: often", "`repeat` must be a whole number, not the text `often`"),
        ("pass: {at_least: 1}", "`pass` says how many of several runs must pass, and there is one | add `repeat:`"),
        ("repeat: 3\npass: {at_least: 4}", "of 3 runs 4 cannot pass"),
        ("repeat: 3\npass: {}", "`pass` is either `at_least` or `rate`"),
        ("repeat: 3\npass: {at_least: 2, rate: 0.5}", "`pass` is either `at_least` or `rate`"),
        ("repeat: 3\npass: {at_least: 2, confidence: 0.9}", "`confidence` goes with `rate`"),
        ("repeat: 3\npass: {rat: 0.5}", "unknown key `rat` in `pass` | did you mean `rate`?"),
        ("repeat: 3\npass: {rate: 1}", "`rate` must be below 1.0, not the number 1 | where all must pass, leave"),
        (
            "repeat: 28\npass: {rate: 0.9}",
            "28 runs cannot show a rate of 0.9 with a confidence of 0.95 | repeat 29 times at least",
        ),
        ("repeat: 3\ngiven: {a: {integers: {}}}", "a scenario with `given` runs many examples of each case"),
        ("mcp: {}", "`mcp` must hold at least 1, not 0"),
        ("id:", "`id` must be text, not empty"),
        ("owner:", "`owner` must be text, not empty"),
        ("tags: smoke", "`tags` must be a list, not the text `smoke` | write `[smoke]`"),
        ("tags: [a b]", "`a b` cannot stand in `tags`"),
        ("tags: [1]", "entry 1 of `tags` must be text, not the number 1"),
        ("needs: ['a\\b']", "`a\\b` cannot stand in `needs`"),
        ("links: [example.com]", "`example.com` is no address"),
        ("links: ['javascript:alert(1)']", "is no address"),
        ('owner: "a\\u202eb"', "`owner` holds a character that cannot be seen: \\u202e"),
        ('tags: ["a\\u200bb"]', "this entry of `tags` holds a character that cannot be seen: \\u200b"),
        ("cases: [{}]", "a row without columns"),
        ("cases: [{a: 1}, {b: 2}]", "row 1 has no column `b`"),
        ("cases: [{a b: 1}]", "`a b` is no name for a variable"),
        ("cases: [{target: 1}]", "the name `target` is the harness's own"),
        ("headers: {authorization: x}", "the header `authorization` is not on the allow-list"),
        ("headers: {api-key: x}", "the header `api-key` is not on the allow-list"),
        ("headers: {Host: x}", "the header `Host` is not on the allow-list"),
        ("headers: {cookie: x}", "the header `cookie` is not on the allow-list"),
        ("headers: {x-forwarded-for: x}", "the header `x-forwarded-for` is not on the allow-list"),
        ('headers: {x-ms-client-request-id: "a\\r\\nb: c"}', "a header's value is plain ASCII on one line"),
        ("headers: {x-ms-client-request-id: ä}", "a header's value is plain ASCII on one line"),
        ("headers: {x-ms-client-request-id: ''}", "a header's value is plain ASCII on one line"),
        ("headers: {x-ms-client-request-id: 5}", "`x-ms-client-request-id` must be text, not the number 5"),
        (
            "headers: {x-ms-client-request-id: a, X-MS-Client-Request-Id: b}",
            "the header `X-MS-Client-Request-Id` stands",
        ),
        ("request: {stream: false}", "`stream` is not for `request` to say"),
        ("tools: [a]", "entry 1 of `tools` must be a mapping"),
        ("allow: {zzz.qqq: {reason: x}}", "there is no rule `zzz.qqq`"),
        ("allow: {sem.usage_sm: {reason: x}}", "there is no rule `sem.usage_sm` | did you mean `sem.usage_sum`?"),
        ("allow: {sem.usage_sum: {}}", "`reason` is missing in an entry of `allow`"),
        ("allow: {sem.usage_sum: {reason: ''}}", "`reason` must not be empty"),
        ("allow: {sem.usage_sum: {reason: x, until: 2026-11-21}}", "2026-11-21 is past"),
        ("allow: {sem.usage_sum: {reason: x, until: tomorrow}}", "`tomorrow` is no day | write it as 2027-03-31"),
        ("allow: {sem.usage_sum: {reason: x, until: 2027-02-30}}", "`2027-02-30` is no day"),
        ("allow: {sem.usage_sum: {reason: x, until: 20270331}}", "`until` must be text, not the number 20270331"),
        ("allow: [a]", "`allow` must be a mapping, not a list"),
    ],
)
def test_keys_of_a_scenario(line, expected):
    found = told(line)
    assert any(each.startswith(expected) or expected in each for each in found), found


def test_what_holds_until_today_is_not_past():
    assert scenario("allow: {sem.usage_sum: {reason: x, until: 2026-11-22}}").allow["sem.usage_sum"].until


def test_a_rule_that_nothing_lowers():
    strict = next((code for code, row in CODES.items() if row.severity is Severity.S1), None)
    if strict is None:
        pytest.skip("every rule can be lowered so far")
    assert f"the rule `{strict}` cannot be lowered" in told(f"allow: {{{strict}: {{reason: x}}}}")


def test_E15_nothing_is_expected():
    assert message("turns: [{user: a}]").startswith("nothing is expected here")
    assert told("turns: [{user: a}]\nexpect: {status: completed}") == []
    assert told("turns: [{user: a}, {user: b, expect: {text: c}}]") == []
    assert "an empty `expect` demands nothing" in told("turns: [{user: a}]\nexpect: {}")[0]


def test_E22_no_code_is_named_in_yaml():
    for line in ("checks: module:function", "hook: hook.py", "python: x", "include: ../../x"):
        assert message(line).startswith("unknown key")


def test_E23_bounds():
    many = ", ".join(["{user: a}"] * 101)
    assert message(f"turns: [{many}]\nexpect: {{text: a}}") == "`turns` must hold at most 100, not 101"
    assert "at most 128" in told("tools: [" + ", ".join(["{type: x}"] * 129) + "]")[0]
    assert "at most 50" in told("tags: [" + ", ".join(f"t{n}" for n in range(51)) + "]")[0]
    assert "more than 200 characters" in told(f"scenario: {'x' * 201}")[0]


@pytest.mark.parametrize("document", ["[a]", "5", "text", "{}", "[]"])
def test_a_document_that_is_no_scenario(document):
    from harness.scenario.load import read

    found, wrong = read(document.encode(), "a.yaml")
    assert found == []
    assert wrong


FULL = """\
scenario: A title
id: an-id
about: why
tags: [a]
owner: me
links: [https://example.com]
sensitive: true
needs: [text]
targets: ["*"]
modes: {delivery: [plain, stream], state: [chained, auto_compacted], client: [wire], compact_threshold: 2000}
cases: [{city: Oslo}]
given: {word: {text: {min_size: 1}}}
request: {instructions: x}
headers: {x-ms-client-request-id: a}
tools: [{type: function, name: roll, returns: [{when: {city: Oslo}, value: 1, delay: 1s}, {error: x}]}]
mcp: {dice: {tools: {throw: {description: x, parameters: {a: 1}, read_only: true, returns: [{value: 1, delay: 1s}]}}}}
turns:
  - id: first
    user: hello
    request: {temperature: 1}
    headers: {x-ms-client-request-id: b}
    expect:
      status: completed
      usage: {total_tokens: {above: 0}, input_tokens: {at_least: 1}}
      text: {contains: a, matches: b, length: {at_most: 3}}
      error: {status: 400, code: x, message: {contains: y}}
      tool_calls: [{name: roll, arguments: {city: Oslo}, count: 1}]
      path: {"$.id": {starts_with: resp_}}
      reasoning: {present: true, tokens: {above: 0}}
      mcp: {listed: [throw], called: {length: 1}, approvals: []}
      mcp_hits: {throw: 1}
      region: eastus2
      annotations: {url: {count: 1}, filename: {length: 2}}
      images: {width: [1024], revised_prompt: [x]}
      container: {present: true, logs: {contains: x}}
      judge: {criteria: [is kind], target: mock, at_least: 8}
    capture: {answer: $.id}
    mock: {a: 1}
  - input: [{role: user}]
    branch_from: first
  - retrieve: first
    expect: {same_as: {turn: first, but: [/usage]}}
  - input_items: first
  - user: see
    attach: [{image: attachments/dot.png, via: [data_uri, url], detail: low}, {file: attachments/note.txt}]
    max_rounds: 3
    tamper: {auth: none}
  - approve: {label: true}
  - compact: {}
  - cancel: first
  - delete: first
  - count_tokens: {user: x}
  - {id: up, upload: {file: attachments/note.txt, purpose: assistants, expires_after: {anchor: x, seconds: 3600}}}
  - delete_file: up
  - call: {method: GET, path: files}
  - call: {method: POST, path: containers, body: {a: 1}}
  - wait: 2s
expect: {refusal: {exists: false}}
allow: {sem.usage_sum: {reason: x, until: 2099-01-01}}
mock: {a: 1}
"""
VERBATIM = {
    "temperature",
    "instructions",
    "type",
    "role",
    "a",
    "city",
    "answer",
    "reason",
    "label",
    "anchor",
    "seconds",
    "dice",
    "throw",
    "word",
}
REPEATED = """\
scenario: A title
repeat: 60
pass: {rate: 0.9, confidence: 0.9}
turns: [{user: hello, expect: {status: completed}}]
"""
REPEATING = {"repeat", "pass"}
"""Keys that do not go with the full scenario's `given`."""
ELSEWHERE = {"resume"}
"""A key whose turn cannot stand beside those of the full scenario."""


def field_names() -> set[str]:
    """Every key, subject, part and matcher that the full scenario uses, less what an author names freely."""
    words = set(re.findall(r"([a-z_]+):(?= |$)", FULL, re.MULTILINE))
    assert {*WrittenTurn.model_fields, *WrittenModes.model_fields, *WrittenAllow.model_fields} - ELSEWHERE <= words
    assert {field.alias or name for name, field in WrittenScenario.model_fields.items()} - REPEATING <= words
    return words - (VERBATIM - {"reason"})


def mutations(word: str) -> list[str]:
    """The word with one letter changed, left out, doubled or swapped with the next."""
    made = []
    for at, letter in enumerate(word):
        made += [word[:at] + ("x" if letter != "x" else "y") + word[at + 1 :], word[:at] + word[at + 1 :]]
        made += [word[:at] + letter + word[at:], word[:at] + word[at + 1 : at + 2] + letter + word[at + 2 :]]
    known = {*ACTIONS, *MODES, *SUBJECTS, word, ""}
    return sorted({each for each in made if each not in known})


def test_the_full_scenario_is_well_formed():
    assert told(FULL) == []
    assert told(REPEATED) == []


@pytest.mark.parametrize(
    "word", [*sorted(field_names()), *sorted({*REPEATING, *WrittenPass.model_fields} - {"at_least"})]
)
def test_T8_every_field_name_with_one_letter_changed_is_refused(word):
    """A check that is silently not run would be a false pass, so no misspelling may be passed over."""
    pattern = re.compile(rf"(?<![a-z_]){word}(?=:( |$))", re.MULTILINE)
    whole = FULL if pattern.search(FULL) else REPEATED
    for place in pattern.finditer(whole):
        for wrong in mutations(word):
            text = whole[: place.start()] + wrong + whole[place.end() :]
            assert mistakes(text), f"{wrong} for {word} in line {whole.count(chr(10), 0, place.start()) + 1}"


def test_completed_is_only_a_convenience():
    assert completed("id: a").startswith("scenario: A title\nid: a\nturns:")
