import shutil
from datetime import date
from pathlib import Path

import pytest

from engine.operations.validating import validate
from engine.runtime.files import read_project, shipped


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("sequences", "templates"):
        shutil.copytree(shipped() / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("name", ["brochure.pdf", "logo.png", "brochure", "body.htm"])
def test_a_file_beside_the_texts_of_a_message_is_refused_by_its_name(name: str, project: Path) -> None:
    """Nothing of it would be attached, and nobody shall believe so."""
    (project / "templates" / "outbound" / "intro" / "en" / name).write_bytes(b"%PDF-1.7\xff\xfe")
    found = validate(read_project(project / "sequences"), date(2026, 3, 4)).errors
    assert [(Path(one.file).name, one.code) for one in found] == [(name, "unknown-part")]
    assert ("no attachments" in found[0].advice) == (name != "body.htm")


def test_what_is_no_message_is_let_be(project: Path) -> None:
    (project / "templates" / "README.md").write_bytes(b"\xff")
    (project / "templates" / "outbound" / "NOTES").write_bytes(b"\xff")
    (project / "templates" / "outbound" / "intro" / "en" / ".DS_Store").write_bytes(b"\xff")
    assert not validate(read_project(project / "sequences"), date(2026, 3, 4)).errors
