"""SendGrid's Inbound Parse: a form with the whole mail in it, where "POST the raw, full MIME message" is on."""

import io
from dataclasses import dataclass

import orjson
from python_multipart.multipart import Field, File, parse_form


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """`raw` is the mail itself, byte for byte; `recipients` are those of the SMTP envelope."""

    raw: bytes
    recipients: tuple[str, ...]


def read(body: bytes, content_type: str) -> ParsedMail:
    """Raises ValueError for a form that holds no whole mail."""
    fields = _fields(body, content_type)
    raw = fields.get("email")
    if not raw:
        raise ValueError('the form has no field "email": switch on "POST the raw, full MIME message" at SendGrid')
    return ParsedMail(raw, _recipients(fields.get("envelope", b"{}")))


def _fields(body: bytes, content_type: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}

    def keep(field: Field) -> None:
        found[(field.field_name or b"").decode("utf-8", "replace")] = field.value or b""

    def keep_file(file: File) -> None:
        """A mail may be sent as a file; other files are parts of it and stand in the raw mail."""
        if file.field_name == b"email":
            file.file_object.seek(0)
            found["email"] = file.file_object.read()
        file.close()

    headers = {"Content-Type": content_type.encode(), "Content-Length": str(len(body)).encode()}
    parse_form(headers, io.BytesIO(body), keep, keep_file)
    return found


def _recipients(envelope: bytes) -> tuple[str, ...]:
    try:
        named = orjson.loads(envelope).get("to", [])
    except (orjson.JSONDecodeError, AttributeError):
        return ()
    return tuple(str(one) for one in named) if isinstance(named, list) else ()
