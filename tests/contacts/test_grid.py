import pytest

from tests.support.contact_files import codes, read_text

HEADER = "Name;Email;Remark;Unsubscribed\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_delimiter_is_found(delimiter: str) -> None:
    file = read_text(f"Name{delimiter}Email\nAnna{delimiter}a@x.example\n")
    assert (file.delimiter, file.rows[0].full_name) == (delimiter, "Anna")


def test_commas_in_other_headers_do_not_mislead() -> None:
    file = read_text("Name;Email;Company, if any, or none, or so\nAnna;a@x.example;B, C\n")
    assert file.delimiter == ";"


def test_the_line_in_which_excel_names_the_delimiter_is_obeyed() -> None:
    file = read_text("sep=|\nName|Email\nAnna|a@x.example\n")
    assert (file.delimiter, file.rows[0].line) == ("|", 3)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_are_counted_through_blank_ones_and_embedded_breaks(newline: str) -> None:
    text = HEADER + '\nAnna;a@x.example;"one\ntwo\nthree";no\n;;;\n\nBert;b@x.example;;no\n'
    file = read_text(text.replace("\n", newline))
    assert [(row.line, row.full_name) for row in file.rows] == [(3, "Anna"), (8, "Bert")]


def test_empty_cells_behind_the_last_column_are_no_fault() -> None:
    (row,) = read_text("Name,Email,,\nAnna,a@x.example,,,,\n").rows
    assert row.is_taken


def test_a_row_of_another_width_is_reported_with_its_cells() -> None:
    long, short = read_text(HEADER + "Anna;a@x.example;one; two;no\nBert;b@x.example\n").rows
    assert [codes(row) for row in (long, short)] == [["cells_do_not_fit"]] * 2
    assert long.raw == ("Anna", "a@x.example", "one", " two", "no")
    assert "5 cells, the header has 4" in long.problems[0].message


def test_an_open_quote_does_not_swallow_the_rows_below_it() -> None:
    text = HEADER + 'Anna;a@x.example;"one;true\nBert;b@x.example;two;no\nCleo;c@x.example;"three";no\n'
    rows = read_text(text).rows
    assert [(row.line, row.full_name, row.is_taken) for row in rows] == [
        (2, "Anna", True),
        (3, "Bert", True),
        (4, "Cleo", True),
    ]
    assert codes(rows[0]) == ["quote_left_open"]
    assert rows[0].suppressions == (("email", "a@x.example"),)


def test_an_open_quote_in_the_last_row_does_not_hide_its_opt_out() -> None:
    (row,) = read_text(HEADER + 'Anna;a@x.example;"one;true\n').rows
    assert row.do_not_contact == "Unsubscribed: true"


def test_an_open_quote_in_a_very_large_file_is_survived() -> None:
    rest = f"Bert;b@x.example;{'two ' * 200};no\n" * 200
    assert len(read_text(HEADER + 'Anna;a@x.example;"one;no\n' + rest).rows) == 201


def test_nul_bytes_inside_cells_are_dropped() -> None:
    (row,) = read_text("Name,Email\nAn\0na,a\0@x.example\n").rows
    assert (row.full_name, row.emails[0].value) == ("Anna", "a@x.example")
