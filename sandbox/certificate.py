"""Makes the certificate that the sandbox shows, signed by an authority that lives as long as the process."""

import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a server needs to speak TLS, and the file that lets a client trust it."""

    context: ssl.SSLContext
    ca_file: Path


@contextmanager
def throw_away_certificate() -> Iterator[Certificate]:
    """A leaf for 127.0.0.1 and localhost; `ca_file` lies in a private folder that goes at the end."""
    authority = trustme.CA(organization_name="Keptword sandbox")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    with tempfile.TemporaryDirectory(prefix="keptword-sandbox-") as folder:
        ca_file = Path(folder) / "ca.pem"
        authority.cert_pem.write_to_path(str(ca_file))
        yield Certificate(context=context, ca_file=ca_file)
