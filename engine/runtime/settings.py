"""What the environment and `.env` decide: `TOUCHLINE_*`, `TOUCHLINE_*_FILE` for secrets; unknown names are errors."""

import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from engine.core.errors import BadInput
from engine.runtime.environment import DOTENV, ENCODING, in_dotenv
from engine.runtime.text_file import read_text

PREFIX = "TOUCHLINE_"
_FROM_FILE = ("database_url", "token", "secret")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=DOTENV, env_file_encoding=ENCODING, env_ignore_empty=True, extra="ignore"
    )

    data: Path = Field(Path("data"), description="where the database, the outboxes and the local secrets live")
    database_url: str = Field("", description="sqlite:///path or postgresql://...; empty means touchline.db in `data`")
    public_url: str = Field("http://127.0.0.1:8000", description="where recipients reach us (unsubscribe links)")
    host: str = Field("127.0.0.1", description="address that `serve` listens on")
    port: int = Field(8000, ge=0, le=65535, description="port that `serve` listens on; 0 picks a free one")
    senders: int = Field(4, ge=1, le=64, description="sends under way at once")
    channels: Path | None = Field(None, description="channels.yaml; the one in `data`, if there is one, when left out")
    rep: str = Field("", description="who acts at the command line when --rep is left out")
    token: SecretStr = Field(SecretStr(""), description="opens the API; made and kept in `data` when empty")
    secret: SecretStr = Field(SecretStr(""), description="signs links in mails; made and kept in `data` when empty")

    @property
    def url(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'touchline.db'}"

    @property
    def outbox(self) -> Path:
        return self.data / "outbox"

    @property
    def channels_path(self) -> Path | None:
        """None where nobody has written one."""
        usual = self.data / "channels.yaml"
        return self.channels or (usual if usual.exists() else None)

    def token_value(self) -> str:
        return self.token.get_secret_value() or _kept(self.data / "token")

    def secret_value(self) -> bytes:
        return (self.secret.get_secret_value() or _kept(self.data / "secret")).encode()


def load_settings(**overrides: Any) -> Settings:
    """Raises BadInput for an unknown name or a value of the wrong form."""
    dotenv = in_dotenv()
    _refuse_unknown(os.environ)
    _refuse_unknown(dotenv, f"{DOTENV}: ")
    try:
        return Settings(**_from_files((os.environ, dotenv)), **overrides)
    except ValidationError as problem:
        raise BadInput("; ".join(_in_words(error) for error in problem.errors())) from None


def _refuse_unknown(names: Iterable[str], where: str = "") -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    known |= {f"{PREFIX}{name.upper()}_FILE" for name in _FROM_FILE}
    for name in names:
        if name.startswith(PREFIX) and name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"
            raise BadInput(f"{where}{name} is no setting; {hint}")


def _from_files(layers: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """The nearest layer that has a setting decides, whether it has the value or names a file of it."""
    found: dict[str, Any] = {}
    for name in _FROM_FILE:
        plain, as_file = f"{PREFIX}{name.upper()}", f"{PREFIX}{name.upper()}_FILE"
        layer: Mapping[str, str] = next((one for one in layers if one.get(plain) or one.get(as_file)), {})
        if path := layer.get(as_file):
            found[name] = _text_of(path, as_file)
    return found


def _text_of(path: str, setting: str) -> str:
    try:
        return read_text(Path(path)).strip()
    except OSError as problem:
        raise BadInput(f"{setting}: {path} cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise BadInput(f"{setting}: {path} is not UTF-8; save it as UTF-8") from None


def _in_words(error: Any) -> str:
    name = PREFIX + "_".join(str(part) for part in error["loc"]).upper()
    return f"{name}={error.get('input')!r}: {error['msg'].lower()}"


def _kept(path: Path) -> str:
    """Made once, readable by this user alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = secrets.token_urlsafe(32)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(made)
    return path.read_text(encoding="utf-8").strip()
