"""Addresses at which nobody answers as they should: a closed port, and TLS that nobody must trust.

Certificates are made for the test and thrown away. No endpoint on loopback can offer the name that does not
resolve (C02): that is for a resolver.
"""

import asyncio
import datetime
import ssl
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
AGES = 7_300 * DAY
BODY = b'{"status":"ok"}'
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b"


async def closed_port() -> int:
    """A port of 127.0.0.1 at which nobody listens (C01)."""
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


@dataclass
class Authority:
    """Somebody who signs certificates, for a test that lets its client trust nobody else."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def name(self) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "throw-away authority")])

    def certificate(self) -> x509.Certificate:
        """The authority's own certificate."""
        return self._signed(self.name(), self.key.public_key(), NOW - AGES, NOW + AGES, authority=True)

    def signed(self, host: str, key: ec.EllipticCurvePrivateKey, *, expired: bool = False) -> x509.Certificate:
        """A certificate for that host; an expired one ended long ago."""
        end = NOW - 1_000 * DAY if expired else NOW + AGES
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        return self._signed(subject, key.public_key(), NOW - AGES, end, host=host)

    def _signed(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        start: datetime.datetime,
        end: datetime.datetime,
        *,
        host: str | None = None,
        authority: bool = False,
    ) -> x509.Certificate:
        made = x509.CertificateBuilder(self.name(), subject, key, x509.random_serial_number(), start, end)
        made = made.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        if authority:
            made = made.add_extension(
                x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True
            )
        made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        made = made.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
        )
        if host is not None:
            made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        return made.sign(self.key, hashes.SHA256())

    def trusted(self) -> ssl.SSLContext:
        """What a client needs that trusts this authority alone."""
        pem = self.certificate().public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=pem)


@dataclass
class Listener:
    """Where it listens, and how many requests came through its TLS."""

    url: str
    authority: Authority
    requests: int = 0


FAULTS = ("expired", "self-signed", "wrong name")
"""What can be wrong with a certificate (C03); None is for the control, with which nothing is."""


@asynccontextmanager
async def tls_listener(fault: str | None) -> AsyncIterator[Listener]:
    """An HTTPS server at `https://localhost:PORT` whose certificate has this fault.

    A client that trusts `listener.authority` refuses it for the fault alone; `self-signed` is signed by somebody else.
    """
    authority, key = Authority(), ec.generate_private_key(ec.SECP256R1())
    signer = Authority(key) if fault == "self-signed" else authority
    host = "elsewhere.invalid" if fault == "wrong name" else "localhost"
    certificate = signer.signed(host, key, expired=fault == "expired")
    listener = Listener("", authority)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            listener.requests += 1
            writer.write(ANSWER % (len(BODY), BODY))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # the client would not talk to us
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context_of(certificate, key))
    async with server:
        listener.url = f"https://localhost:{server.sockets[0].getsockname()[1]}"
        yield listener


def context_of(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> ssl.SSLContext:
    """What a server needs to show this certificate."""
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shown.pem"
        path.write_bytes(pem)
        context.load_cert_chain(path)
    return context
