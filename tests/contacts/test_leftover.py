import csv
import io

from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.contacts.cells import csv_cell, from_csv_cell
from engine.contacts.leftover import leftover_csv
from engine.contacts.reading import read_contact_file
from engine.contacts.rows import ContactFile
from tests.support.contact_files import CN, US, read_sample, read_text

CELLS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    [
        "=1+1",
        "'=1",
        "''+1",
        "@x",
        "-",
        "+49 30 1",
        "\ttab",
        "\rcr",
        "\0nul",
        "a,b",
        'say "hi"',
        "two\nlines",
        "＝1",
        "'",
    ]
)


def leftover_of(file: ContactFile) -> bytes:
    return leftover_csv(file, [(row, "wrong, quite", "=mend it") for row in file.rows])


def read_again(data: bytes) -> ContactFile:
    return read_contact_file(data, name="leftover.csv", defaults=US)


@given(CELLS)
def test_an_escaped_cell_comes_back_and_is_never_a_formula(value: str) -> None:
    written = csv_cell(value)
    assert from_csv_cell(written) == value
    assert written[:1] not in set("=+-@\t\r\n\0＝＋－＠")


def test_plain_text_is_not_touched() -> None:
    assert [csv_cell(value) for value in ("Anna", "", "'quoted'", "'", "a=b")] == ["Anna", "", "'quoted'", "'", "a=b"]


@settings(deadline=None)
@example([["", "\x00000", "\x00000"], ["", "\x00000", ""]])  # NULs that look like UTF-16
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=4))
def test_the_leftover_file_restores_the_original_cells(rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["Name", "Email", "Remark"])
    writer.writerows([["Anna", *map(csv_cell, cells[1:])] for cells in rows])
    file = read_text(text.getvalue())
    again = read_again(leftover_of(file))
    assert again.header == file.header
    assert [row.raw for row in again.rows] == [row.raw for row in file.rows]


def test_a_leftover_of_a_leftover_has_its_columns_once() -> None:
    file = read_text("Name,Email\nAnna,\nBert,\n")
    again = read_again(leftover_of(read_again(leftover_of(file))))
    assert [row.raw for row in again.rows] == [("Anna", ""), ("Bert", "")]


def test_the_leftover_names_line_problem_and_advice_in_front() -> None:
    file = read_text("Name;Email\n\nAnna;\n")
    data = leftover_of(file)
    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == [
        ["line", "problem", "advice", "Name", "Email"],
        ["3", "wrong, quite", "'=mend it", "Anna", ""],
    ]


def test_a_row_of_the_wrong_width_stays_so_until_it_is_mended() -> None:
    file = read_text("Name,Email\nAnna,a@x.example,more\nBert\n")
    again = read_again(leftover_of(file))
    assert [row.raw for row in again.rows] == [("Anna", "a@x.example", "more"), ("Bert",)]
    assert not any(row.is_taken for row in again.rows)


def test_the_rows_of_a_chinese_list_come_back_as_they_were() -> None:
    file = read_sample("call_in_cn.csv", CN)
    rejected = [(row, "unreachable", "add a number") for row in file.rows if not row.is_taken]
    again = read_contact_file(leftover_csv(file, rejected), name="left.csv", defaults=CN)
    assert [row.raw for row in again.rows] == [row.raw for row, _, _ in rejected]
    assert (again.format, len(again.rows)) == ("chinese", 15)
