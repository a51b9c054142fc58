"""What to try when a mail server cannot be used, by what the system, the library or the server says of it."""

_WHAT_TO_TRY = (
    ("CERTIFICATE_VERIFY_FAILED", "its certificate is not trusted: check host, or name its own authority as ca_file"),
    ("WRONG_VERSION_NUMBER", "it does not begin with TLS on this port: check port, or write security: starttls"),
    ("TLS not supported", "it has no STARTTLS on this port: write security: tls and its port, mostly 993"),
    ("offers no login", "many servers offer a login only once the line is encrypted: write security: starttls"),
    ("refused", "nothing listens there: check host and port"),
    ("Name or service not known", "nobody has this name: check host"),
    ("No address associated", "nobody has this name: check host"),
    ("timed out", "check host, port and firewall; ports 465 and 993 want security: tls"),
    ("answered the greeting", "no SMTP server answers there, or it wants none of us: check port"),
    ("unexpected response", "no IMAP server answers there: check port"),
)


def with_advice(trouble: str) -> str:
    """The trouble in its own words, and what to try where that is known."""
    advice = next((tried for sign, tried in _WHAT_TO_TRY if sign in trouble), None)
    return f"{trouble}; {advice}" if advice else trouble
