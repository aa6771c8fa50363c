"""Whom a connection trusts: the authorities of this system, whatever the environment says.

Python's usual context goes by SSL_CERT_FILE and SSL_CERT_DIR, and writes its keys where SSLKEYLOGFILE says.
"""

import ssl
import sys
from pathlib import Path


def verified() -> ssl.SSLContext:
    """A context that checks certificate and name against the system's own authorities."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if sys.platform == "win32":
        for store in ("CA", "ROOT"):
            for certificate, encoding, purposes in ssl.enum_certificates(store):
                if encoding == "x509_asn" and (purposes is True or ssl.Purpose.SERVER_AUTH.oid in purposes):
                    context.load_verify_locations(cadata=certificate)
        return context
    usual = ssl.get_default_verify_paths()
    file, folder = Path(usual.openssl_cafile), Path(usual.openssl_capath)
    if file.is_file() or folder.is_dir():
        context.load_verify_locations(file if file.is_file() else None, folder if folder.is_dir() else None)
    return context
