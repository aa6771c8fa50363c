"""Files become scenarios, and every attribute holds what was written."""

import hashlib
from datetime import date
from pathlib import Path

import pytest
from builders.scenarios import TODAY, mistakes, scenario, scenarios, told

from harness.findings import CODES
from harness.scenario.files import is_scenario_file, project_of
from harness.scenario.load import bound, load, load_all
from harness.scenario.model import Allow
from harness.scenario.naming import ID, slug
from harness.source.place import Refused

LOWERED = next(code for code, row in CODES.items() if row.can_be_lowered)
FULL = f"""\
# a comment
scenario: A follow-up keeps the context
id: follow-up
about: Why it is here.
tags: [chaining, smoke]
owner: The API team
links: [https://example.com/docs]
needs: [text, streaming]
targets: ["*/swedencentral/*"]
modes: {{delivery: [plain, stream], state: [chained, manual, stateless], client: [wire]}}
cases:
  - {{city: Oslo, degrees: 3}}
  - {{city: Rome, degrees: 21}}
request: {{max_output_tokens: 200, text: {{verbosity: low}}}}
headers: {{X-MS-Client-Request-Id: abc}}
tools: [{{type: function, name: roll, parameters: null, strict: null}}]
turns:
  - id: first
    user: The city is ${{city}}.
    capture: {{answer: "$.id"}}
    mock: {{text: "in ${{city}} $$5 ${{other}}"}}
  - input: [{{role: user, content: "${{degrees}}"}}]
    request: {{text: {{verbosity: high}}, temperature: "${{degrees}}"}}
    headers: {{x-ms-client-request-id: "${{city}}"}}
    branch_from: first
    expect:
      text: {{contains: "${{city}}"}}
      usage: {{total_tokens: {{above: "${{degrees}}"}}, input_tokens: 5}}
  - retrieve: first
    expect: {{path: {{"$.id": "${{answer}}"}}, status: completed}}
expect:
  status: completed
  headers: {{X-Request-Id: {{exists: true}}}}
allow:
  {LOWERED}: {{reason: Because., until: 2027-03-31}}
mock: {{seed: 1}}
"""


@pytest.fixture
def full(tmp_path):
    path = tmp_path / "specs" / "full.yaml"
    path.parent.mkdir()
    path.write_text(FULL.replace("stateless]", "manual]").replace("manual, manual", "manual"))
    (found,) = load(path, tmp_path, today=TODAY)
    return found


def test_what_was_written_stands_in_the_scenario(full):
    assert (full.title, full.id, full.about) == ("A follow-up keeps the context", "follow-up", "Why it is here.")
    assert (full.tags, full.owner, full.links) == (("chaining", "smoke"), "The API team", ("https://example.com/docs",))
    assert (full.needs, full.targets) == (("text", "streaming"), ("*/swedencentral/*",))
    assert full.rows == ({"city": "Oslo", "degrees": 3}, {"city": "Rome", "degrees": 21})
    assert full.headers == {"x-ms-client-request-id": "abc"}
    assert full.tools == ({"type": "function", "name": "roll", "parameters": None, "strict": None},)
    assert full.allow == {LOWERED: Allow("Because.", date(2027, 3, 31))}
    assert full.mock == {"seed": 1}


def test_where_it_came_from(full):
    text = FULL.replace("stateless]", "manual]").replace("manual, manual", "manual")
    assert full.file == "specs/full.yaml"
    assert str(full.place) == "specs/full.yaml:2:1"
    assert full.digest == hashlib.sha256(text.encode()).hexdigest()
    assert full.source == text


def test_turns(full):
    first, second, third = full.turns
    assert [(turn.id, turn.action) for turn in full.turns] == [
        ("first", "user"),
        ("turn-2", "input"),
        ("turn-3", "retrieve"),
    ]
    assert first.argument == "The city is ${city}."
    assert first.capture == {"answer": "$.id"}
    assert second.argument == [{"role": "user", "content": "${degrees}"}]
    assert second.branch_from == "first"
    assert third.argument == "first"
    assert str(third.place) == "specs/full.yaml:29:5"


def test_the_turns_own_words_stand_over_the_scenarios(full):
    _, second, third = full.turns
    assert full.request_of(second) == {
        "max_output_tokens": 200,
        "text": {"verbosity": "high"},
        "temperature": "${degrees}",
    }
    assert full.headers_of(second) == {"x-ms-client-request-id": "${city}"}
    keys = [each.key for each in full.expectations_of(third)]
    assert keys == ["headers/x-request-id", "path/$.id", "status"]
    assert full.expectations_of(full.turns[0]) == full.expect


def test_expectations_know_subject_part_and_place(full):
    found = {each.key: each for each in full.turns[1].expect}
    usage = found["usage/input_tokens"]
    assert (usage.subject, usage.part, usage.raw) == ("usage", "input_tokens", 5)
    assert str(usage.place) == "specs/full.yaml:28:52"
    assert found["text"].part is None
    assert found["text"].names == {"city"}


def test_the_shortest_scenario():
    found = scenario("scenario: Hello")
    assert found.id == "hello"
    assert found.modes.combinations() == [("plain", "chained", "wire")]
    assert found.modes.written == frozenset()
    assert found.turns[0].id == "turn-1"
    assert (found.rows, found.tags, found.owner, found.mock, found.about) == ((), (), None, None, "")


def test_several_documents():
    text = "scenario: One\nturns: [{user: a, expect: {text: b}}]\n"
    found = scenarios(f"{text}---\n{text.replace('One', 'Two')}")
    assert [each.id for each in found] == ["one", "two"]
    assert str(found[1].place) == "a.yaml:4:1"
    assert found[0].digest == found[1].digest
    assert "Two" not in found[0].source


def test_a_broken_document_refuses_all_of_its_file(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(
        "scenario: One\nturns: [{user: a, expect: {text: b}}]\n---\nscenario: Two\nturns: []\n---\nscenario: 3\n"
    )
    with pytest.raises(Refused) as refused:
        load(path, tmp_path)
    assert [each.place.line for each in refused.value.diagnostics] == [5, 7, 7]


def test_every_mistake_of_every_file(tmp_path):
    good, bad, worse = (tmp_path / name for name in ("good.yaml", "bad.yaml", "worse.yaml"))
    good.write_text("scenario: One\nturns: [{user: a, expect: {text: b}}]\n")
    bad.write_text("scenario: One\nturn: []\n")
    worse.write_bytes(b"\xff")
    with pytest.raises(Refused) as refused:
        load_all([bad, good, worse, tmp_path / "missing.yaml", tmp_path], tmp_path)
    files = [each.place.file for each in refused.value.diagnostics]
    assert sorted(set(files)) == [".", "bad.yaml", "missing.yaml", "worse.yaml"]
    assert len(load_all([good, good])) == 2


def test_E12_ids():
    for bad in ("<b>", "a\\nb", "::error::", "../a", "a" * 5000, "", "A", "-a", ".a", "ä", "a b", "a/b", "a" * 81):
        assert any("is no id" in each for each in told(f'id: "{bad}"')), bad[:20]
    for good in ("a", "0", "a.b_c-d", "a" * 80):
        assert scenario(f'id: "{good}"').id == good


def test_E12_the_same_id_twice_in_a_file():
    one = "turns: [{user: a, expect: {text: b}}]\n"
    text = f"scenario: A b\n{one}---\nscenario: a-B\n{one}---\nscenario: C\nid: a-b\n{one}"
    assert [(each.message, str(each.place), each.hint) for each in mistakes(text)] == [
        ("the id `a-b` stands in this file twice", "a.yaml:4:11", "first in line 1"),
        ("the id `a-b` stands in this file twice", "a.yaml:8:5", "first in line 1"),
    ]


@pytest.mark.parametrize(
    ("title", "id"),
    [
        ("A follow-up keeps the context", "a-follow-up-keeps-the-context"),
        ("  Größe: 5 € ", "groe-5"),
        ("Café & Crème", "cafe-creme"),
        ("<b>../../x</b>", "b-..-..-x-b"),
        ("x" * 200, "x" * 80),
        ("日本", ""),
        ("...", ""),
    ],
)
def test_slugs(title, id):
    assert slug(title) == id
    assert not id or ID.fullmatch(slug(title))


def test_a_title_without_a_slug_needs_an_id():
    (message,) = told("scenario: 日本")
    assert message.startswith("this title gives no id")
    assert scenario("scenario: 日本\nid: japan").id == "japan"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("elsewhere/a.yaml", b"scenario: a\nturns: []", True),
        ("elsewhere/a.yml", b"\xef\xbb\xbfscenario : a\n\n'turns': []", True),
        ("elsewhere/a.yaml", b"scenario: a", False),
        ("elsewhere/a.yaml", b"targets:\n  scenario: a\n  turns: b", False),
        ("elsewhere/a.yaml", b"\xff\xfe", False),
        ("elsewhere/a.txt", b"scenario: a\nturns: []", False),
        ("specs/deep/a.yaml", b"scenaro: misspelt", True),
        ("specs/a.yaml", b"", True),
        ("specs/targets.yaml", b"targets: []", False),
        ("specs/attachments/a.yaml", b"scenario: a\nturns: []", False),
    ],
)
def test_which_files_are_scenarios(name, text, expected, tmp_path):
    """Below `specs/` nothing that may be a misspelt scenario goes unseen; elsewhere other YAML is left alone."""
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_bytes(text)
    assert is_scenario_file(path, tmp_path) is expected


def test_a_folder_specs_above_the_project_does_not_count(tmp_path):
    """A checkout that lies below some folder `specs` is a project like any other."""
    root = tmp_path / "specs" / "project"
    (root / "specs").mkdir(parents=True)
    for name in ("a.yaml", "specs/a.yaml"):
        (root / name).write_bytes(b"a: 1")
    assert not is_scenario_file(root / "a.yaml", root)
    assert is_scenario_file(root / "specs" / "a.yaml", root)
    assert project_of(root / "specs" / "a.yaml", root) == root
    assert project_of(root / "specs" / "a.yaml", root / "specs") == root


def test_telling_scenarios_apart_loads_nothing_heavy():
    import subprocess
    import sys

    code = (
        "import sys, harness.scenario.files; print([m for m in ('pydantic', 'yaml', 'jsonschema') if m in sys.modules])"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, check=True).stdout == b"[]\n"


def test_E10_a_file_with_one_broken_document_is_refused(tmp_path):
    """The good ones in it, too: half a file is not run."""
    path = tmp_path / "a.yaml"
    path.write_text("scenario: One\nturns: [{user: a, expect: {text: b}}]\n---\nscenario: Two\nturn: []\n")

    with pytest.raises(Refused) as refused:
        load(path, tmp_path)
    assert {str(each.place) for each in refused.value.diagnostics} == {"a.yaml:4:1", "a.yaml:5:1"}


def test_E24_what_runs_is_what_was_checked(tmp_path, monkeypatch):
    """Read once, whatever comes to lie there later, and the digest is that of what was read."""
    path = tmp_path / "a.yaml"
    path.write_text("scenario: One\nturns: [{user: a, expect: {text: b}}]\n")
    readings = []
    open_file = Path.open

    def opened(self, *arguments, **options):
        readings.append(self)
        return open_file(self, *arguments, **options)

    with monkeypatch.context() as watched:
        watched.setattr(Path, "open", opened)
        (found,) = load(path, tmp_path)
    path.write_text("changed: true")
    assert hashlib.sha256(found.source.encode()).hexdigest() == found.digest
    assert readings == [path]


def test_a_file_that_cannot_be_read(tmp_path, monkeypatch):
    path = tmp_path / "a.yaml"
    path.write_text("scenario: a")

    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(Refused, match="the file cannot be read: Permission denied"):
        load(path, tmp_path)


def test_binding_nothing_changes_nothing():
    found = scenario("id: a")
    assert bound(found, {}) is found
