"""`targets.yaml`: what is made of a file, and how its mistakes are told."""

from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from jsonschema import Draft202012Validator

from harness.source.place import Refused
from harness.targets.reading import load, read
from harness.targets.schema import schema
from harness.targets.spec import OLDER_SCOPE, SCOPE, Auth, Quota, Selection

GOLDEN = Path(__file__).parents[1] / "golden" / "targets"
FULL = dedent("""\
    defaults:
      auth: entra
      limits: {requests_per_minute: 60}
      mcp: {dice: "https://dice.example.com/mcp"}
    hosts: [gateway.example.com, "*.example.net"]
    secrets:
      github: {env: GITHUB_MCP_TOKEN, hosts: [api.example.com]}
    mcp: {search: "https://search.example.com/mcp"}
    targets:
      - name: swe-gpt5
        endpoint: https://my-resource.openai.azure.com/openai/v1
        deployment: gpt-5-prod
        model: gpt-5
        version: "2025-08-07"
        region: swedencentral
        auth: {api_key_env: AZURE_OPENAI_API_KEY}
        limits: {requests_per_minute: 300, tokens_per_minute: 150000, concurrency: 20}
        api_version: preview
        image_deployment: gpt-image-1
        client: openai
      - name: old
        endpoint: https://gateway.example.com/openai/v1/
        deployment: d
        auth: {entra: managed_identity, scope: "https://cognitiveservices.azure.com/.default", client_id: abc}
      - name: everywhere
        endpoint: https://${region}.example.net/openai/v1/
        deployment: ${model}-${version}
        region: [swedencentral, eastus2]
        model: [gpt-4.1@2025-04-14, o3@2025-04-16]
        auth: {token_env: AZURE_OPENAI_AUTH_TOKEN}
        client: [wire, openai]
      - {name: mock, endpoint: mock, region: [swedencentral, eastus2], model: gpt-5-mini}
      - {name: near, endpoint: "http://127.0.0.1:8080/v1", deployment: any}
    """)


def targets(text: str):
    return read(dedent(text).encode()).targets


def mistakes(text: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        targets(text)
    return [each.message for each in refused.value.diagnostics]


def test_everything_that_may_be_said():
    found = read(FULL.encode())
    by_name = {target.name: target for target in found.targets}

    assert list(by_name) == [
        "swe-gpt5",
        "old",
        "everywhere/swedencentral/gpt-4.1@2025-04-14",
        "everywhere/swedencentral/o3@2025-04-16",
        "everywhere/eastus2/gpt-4.1@2025-04-14",
        "everywhere/eastus2/o3@2025-04-16",
        "mock/swedencentral/gpt-5-mini",
        "mock/eastus2/gpt-5-mini",
        "near",
    ]
    first = by_name["swe-gpt5"]
    assert first.endpoint == "https://my-resource.openai.azure.com/openai/v1/"
    assert (first.auth, first.quota) == (Auth("key", "AZURE_OPENAI_API_KEY"), Quota(300, 150_000, 20))
    assert first.mcp == {"search": "https://search.example.com/mcp", "dice": "https://dice.example.com/mcp"}
    assert by_name["old"].auth == Auth("entra", None, "managed_identity", OLDER_SCOPE, "abc")
    assert by_name["old"].quota == Quota(60)
    member = by_name["everywhere/eastus2/o3@2025-04-16"]
    assert (member.endpoint, member.deployment) == ("https://eastus2.example.net/openai/v1/", "o3-2025-04-16")
    assert (member.model, member.version, member.region) == ("o3", "2025-04-16", "eastus2")
    assert (by_name["near"].leaves_loopback, member.leaves_loopback) == (False, True)
    assert (first.clients, member.clients, by_name["near"].clients) == (("openai",), ("wire", "openai"), ())
    assert by_name["mock/eastus2/gpt-5-mini"].auth == Auth()
    assert [(each.name, each.variable, each.hosts) for each in found.secrets] == [
        ("github", "GITHUB_MCP_TOKEN", ("api.example.com",))
    ]


def test_entra_asks_for_the_scope_of_the_documentation():
    (target,) = targets("targets: [{name: a, endpoint: 'https://r.openai.azure.com', deployment: d, auth: entra}]")

    assert target.auth.scope == SCOPE == "https://ai.azure.com/.default"


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.yaml")), ids=lambda path: path.stem)
def test_mistakes_are_told_as_they_should_be(path):
    with pytest.raises(Refused) as refused:
        load(path, path.name)

    assert f"{refused.value}\n" == path.with_suffix(".txt").read_text()


@pytest.mark.parametrize(
    "line", ["auth: {api_key_env: %s}", "auth: {api_key: %s}", "api_key: %s", "auth: {token_env: '%s', x: 1}"]
)
def test_a_key_in_the_file_is_not_repeated(line):
    """Who writes the value where its variable's name belongs is told so, and does not see it in a log of CI."""
    key = "sk-proj-9f8e7d6c5b4a39281706"
    with pytest.raises(Refused) as refused:
        targets(f"""\
            targets:
              - name: a
                endpoint: https://r.openai.azure.com/openai/v1/
                deployment: d
                {line % key}
            """)

    assert key not in str(refused.value)


def test_names_of_a_family_are_held_apart():
    """Two members, or a member and a target, may not be called the same, whatever the letter case."""
    assert mistakes("""\
        targets:
          - {name: a, endpoint: mock, model: [gpt-4.1, gpt-4.1], region: [eastus2]}
    """) == ["there are two targets `a/eastus2/gpt-4.1`"]


def test_a_live_target_says_how_it_is_authorized():
    assert mistakes("targets: [{name: a, endpoint: 'https://r.openai.azure.com', deployment: d}]") == [
        "the target `a` has no `auth`"
    ]


@pytest.mark.parametrize("client", ["curl", "[openai, curl]", "[]", "[openai, openai]", "[wire, openai, wire]"])
def test_clients_that_there_are_not(client):
    text = f"targets: [{{name: a, endpoint: mock, model: o3, client: {client}}}]"

    assert len(mistakes(text)) == 1


def test_one_document():
    assert mistakes("targets: [{name: a, endpoint: mock, model: o3}]\n---\ntargets: []\n") == [
        "a targets file is one document"
    ]


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(Refused, match="the file cannot be read: No such file"):
        load(tmp_path / "targets.yaml")


def test_the_schema_takes_what_is_read():
    """An editor must not mark what runs."""
    made = schema()
    Draft202012Validator.check_schema(made)

    assert list(Draft202012Validator(made).iter_errors(yaml.safe_load(FULL))) == []


def test_the_schema_refuses_what_is_no_targets_file():
    judge = Draft202012Validator(schema())

    for wrong in (
        {"targets": []},
        {"targets": [{"name": "a", "endpont": "mock"}]},
        {"targets": [{"endpoint": "mock"}]},
        {"targets": [{"name": "a", "client": "curl"}]},
        {"targets": [{"name": "a", "client": []}]},
    ):
        assert list(judge.iter_errors(wrong))


@pytest.mark.parametrize(
    ("selection", "picked"),
    [
        (Selection(), True),
        (Selection(names=("mock/*",)), True),
        (Selection(names=("other", "mock/*/o3")), True),
        (Selection(names=("mock",)), False),
        (Selection(regions=("east*",)), True),
        (Selection(regions=("westus",)), False),
        (Selection(models=("o*",), regions=("eastus2",)), True),
        (Selection(models=("gpt-*",), regions=("eastus2",)), False),
    ],
    ids=str,
)
def test_selection(selection, picked):
    assert selection.picks("mock/eastus2/o3", "eastus2", "o3") is picked


def test_a_target_without_a_model_goes_by_its_deployment():
    assert Selection(models=("gpt-*",)).picks("a", None, None, "gpt-5-prod")
    assert not Selection(models=("gpt-*",)).picks("a", None, "o3", "gpt-5-prod")
