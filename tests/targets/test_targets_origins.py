"""Sixty addresses: to which of them a credential may go."""

import pytest

from harness.targets.origins import UnsafeEndpoint, host_pattern, on_list, origin_of, safe_base

HOSTS = ("*.openai.azure.com", "*.services.ai.azure.com", "gateway.example.com")

SAFE = (
    "https://r.openai.azure.com/openai/v1/",
    "https://r.openai.azure.com/openai/v1",
    "https://R.OpenAI.Azure.COM/openai/v1/",
    "https://my-resource-2.openai.azure.com/openai/v1/",
    "https://r.openai.azure.com:443/openai/v1/",
    "https://r.services.ai.azure.com/openai/v1/",
    "https://r.openai.azure.com",
    "https://gateway.example.com/team_a/openai/v1.0/",
    "https://GATEWAY.example.com/",
    "http://127.0.0.1:8080/openai/v1/",
    "http://127.8.9.1:1/v1/",
    "http://localhost:8080/openai/v1/",
    "https://localhost/openai/v1/",
    "http://[::1]:8080/openai/v1/",
    "https://127.0.0.1:8443/rooms/r1/openai/v1/",
)
UNSAFE = (
    # another scheme
    "http://r.openai.azure.com/openai/v1/",
    "HTTP://r.openai.azure.com/openai/v1/",
    "ftp://r.openai.azure.com/",
    "file:///etc/passwd",
    "gopher://r.openai.azure.com/",
    "ws://r.openai.azure.com/",
    "javascript:alert(1)",
    "r.openai.azure.com/openai/v1/",
    "//r.openai.azure.com/openai/v1/",
    "https:/r.openai.azure.com/",
    "https:r.openai.azure.com",
    # another host behind a familiar beginning or end
    "https://r.openai.azure.com.evil.tld/openai/v1/",
    "https://evilopenai.azure.com/openai/v1/",
    "https://r.openai.azure.com.:443/",
    "https://openai.azure.com/openai/v1/",
    "https://a.b.openai.azure.com/openai/v1/",
    "https://r-openai.azure.com/",
    "https://x.gateway.example.com/",
    "https://example.com/",
    "https://r.openai.azure.com,evil.tld/",
    "https://azure.com/",
    "https://.openai.azure.com/",
    "https://-r.openai.azure.com/",
    # somebody before the host, something behind it
    "https://r.openai.azure.com@evil.tld/",
    "https://evil.tld@r.openai.azure.com/",
    "https://user:password@r.openai.azure.com/",
    "https://@r.openai.azure.com/",
    "https://evil.tld\\@r.openai.azure.com/",
    "https://evil.tld#r.openai.azure.com/",
    "https://evil.tld?r.openai.azure.com/",
    "https://r.openai.azure.com/openai/v1/?api-version=v1",
    "https://r.openai.azure.com/openai/v1/#top",
    # other letters, other spellings
    "https://r.openai.azure.cоm/",
    "https://r。openai.azure.com/",
    "https://xn--r-openai.openai.azure.com/",
    "https://r%2eopenai.azure.com/",
    "https://r.openai.azure.com/%2e%2e/v1/",
    "https://r.openai.azure.com/openai/../v1/",
    "https://r.openai.azure.com/open ai/",
    "https://r.openai.azure.com/\r\nHost: evil.tld",
    "https://r.openai.azure.com//evil.tld/",
    # ports and numbers
    "https://r.openai.azure.com:8443/openai/v1/",
    "https://r.openai.azure.com:99999/",
    "https://r.openai.azure.com:x/",
    "http://127.0.0.1:0/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://169.254.169.254/openai/v1/",
    "https://10.0.0.1/openai/v1/",
    "https://[::ffff:10.0.0.1]/",
    "http://127.0.0.1.nip.io/",
    "http://localhost.evil.tld/",
    "http://0.0.0.0:8080/",
    "",
)


def test_the_table_has_sixty_addresses_and_more():
    assert len(SAFE) + len(UNSAFE) >= 60


@pytest.mark.parametrize("address", SAFE)
def test_safe(address):
    """What is safe comes back with one slash at its end."""
    assert safe_base(address, HOSTS).endswith("/")
    assert not safe_base(address, HOSTS).endswith("//")


@pytest.mark.parametrize("address", UNSAFE)
def test_unsafe(address):
    with pytest.raises(UnsafeEndpoint):
        safe_base(address, HOSTS)


def test_an_address_of_the_command_line_may_have_any_host():
    """Who types the address names the host by that; all else is as strict."""
    assert safe_base("https://api.example.org/v1") == "https://api.example.org/v1/"
    with pytest.raises(UnsafeEndpoint):
        safe_base("http://api.example.org/v1")


def test_hosts_are_compared_by_labels():
    assert on_list("a.example.com", ["*.example.com"])
    assert not on_list("example.com", ["*.example.com"])
    assert not on_list("a.b.example.com", ["*.example.com"])
    assert not on_list("a-example.com", ["*.example.com"])


@pytest.mark.parametrize("pattern", ["*", "*.com", "a.*.com", "a b.com", "https://a.com", "xn--a.com", "a.com:443", ""])
def test_patterns_that_are_none(pattern):
    with pytest.raises(UnsafeEndpoint):
        host_pattern(pattern)


def test_an_origin_covers_its_own_addresses_alone():
    origin = origin_of("https://r.openai.azure.com/openai/v1/")

    assert origin.covers("https://r.openai.azure.com:443/x")
    assert origin.covers("https://R.openai.azure.com/x")
    for other in (
        "http://r.openai.azure.com/x",
        "https://r.openai.azure.com:444/x",
        "https://r2.openai.azure.com/",
        "x",
    ):
        assert not origin.covers(other)
