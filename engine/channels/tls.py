"""How servers prove who they are: the system's authorities, or one of the company's own."""

import ssl

from engine.core.errors import BadInput
from engine.core.providers import Security, Server


def tls_context(server: Server) -> ssl.SSLContext | None:
    """None where nothing is encrypted, on this machine alone. Raises BadInput for a file that holds no certificate."""
    if server.security is Security.NONE:
        return None
    try:
        return ssl.create_default_context(cafile=server.ca_file)
    except (OSError, ssl.SSLError) as problem:
        raise BadInput(
            f"ca_file {server.ca_file} cannot be used: {problem}; name a file with certificates in PEM.",
            ca_file=server.ca_file,
        ) from None
