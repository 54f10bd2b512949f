"""The channels of a bulk start, as a person or program names them: lines, CSV, or objects.

Whatever is wrong is told by line (or row) and field; nothing is guessed, mended or left out.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from recorder.contract.rules import cname_problem, page_problem, uid_problem
from recorder.contract.states import Mode, ProviderName
from recorder.contract.words import _ as marked
from recorder.errors import RecorderError

MOST = 1000
MOST_BYTES = 256 * 1024  # of a file: 1,000 names of 64 bytes, four times over
_COLUMNS = ("cname", "uid")
_WEB_COLUMNS = ("cname", "url", "uid")
_ALSO = {"channel": "cname"}
_NUMBERED = re.compile(r".+;\s*\d*\s*")  # as spreadsheets of many countries part channel and uid
_NAME_SHOWN = 64  # characters


@dataclass(frozen=True, slots=True)
class Row:
    """One start. `number` counts from 1, as in the list that was given; an empty `uid`: one of
    ours. `url`: the page of a web recording; empty: that which all share. `line`: where it begins
    in the text that it was read from, as editors and spreadsheets count; 0: it was not read."""

    number: int
    cname: str
    uid: str = ""
    url: str = ""
    line: int = 0

    def wrong(self, field: str, sentence: str) -> "BadRow":
        return BadRow(self.number, field, sentence, self.line, self.cname)


@dataclass(frozen=True, slots=True)
class BadRow:
    number: int  # 0: the list as a whole
    field: str  # "": the row as a whole
    sentence: str
    line: int = 0  # as that of a Row
    cname: str = ""


class BadList(RecorderError):
    """Nothing was queued. `problems` by row."""

    def __init__(self, problems: Iterable[BadRow]):
        self.problems = tuple(problems)
        super().__init__(" ".join(map(told, self.problems[:5])))


def told(problem: BadRow) -> str:
    """By the line that a person sees in their file; for what a program sent, by the row."""
    if not problem.number:
        return problem.sentence
    if problem.line and problem.cname:
        place = _("Line %(line)s (“%(name)s”)")
    else:
        place = _("Line %(line)s") if problem.line else _("Row %(number)s")
    name = " ".join(problem.cname.split())
    values = {"number": problem.number, "line": problem.line, "name": name[:_NAME_SHOWN]}
    values |= {"place": place % values, "field": problem.field, "sentence": problem.sentence}
    if not problem.field:
        return _("%(place)s: %(sentence)s") % values
    return _("%(place)s, %(field)s: %(sentence)s") % values


def rows_of_text(text: str, mode: Mode = Mode.MIX) -> list[Row]:
    """One row a line: the channel, in web mode after a comma its page, and after a comma a uid. As
    CSV, so with quotes where a channel has a comma; a first line that names its columns may give
    another order. Raises BadList."""
    text = text.removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    rows: list[Row] = []
    problems: list[BadRow] = []
    columns = _WEB_COLUMNS if mode is Mode.WEB else _COLUMNS
    names: Sequence[str] = columns
    first, next_line = True, 1
    try:
        for cells in reader:
            line, next_line = next_line, reader.line_num + 1
            if not any(cells):
                continue
            if first and (named := _header(cells, columns)):
                names, first = named, False
                continue
            first = False
            number = len(rows) + len(problems) + 1
            if number > MOST:
                raise BadList([_too_many()])
            if len(cells) > len(names):
                problems.append(BadRow(number, "", _("It has more cells than columns."), line))
                continue
            values = dict(zip(names, cells, strict=False))
            uid, url = (values.get(name, "").strip() for name in ("uid", "url"))
            rows.append(Row(number, values.get("cname", ""), uid, url, line))
    except csv.Error:
        number = len(rows) + len(problems) + 1
        sentence = _("Its quotes do not close where a cell ends.")
        raise BadList([BadRow(number, "", sentence, next_line)]) from None
    if problems:
        raise BadList(problems)
    if names is columns:
        _refuse_doubtful(rows)
    return rows


def _separator(text: str) -> str:
    """What stands between two cells: a comma. But a tab, which no name has, as from a spreadsheet;
    or a semicolon, where the first line names columns with it: a name may have one."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if "\t" in first:
        return "\t"
    words = [word.strip(' "').lower() for word in first.split(";")]
    return ";" if len(words) > 1 and {"cname", "channel"} & set(words) else ","


def _refuse_doubtful(rows: Sequence[Row]) -> None:
    """A thousand recordings of “hall;527841” would cost money and show nobody. The first row may
    be a headline that is none of ours."""
    names = [row.cname for row in rows if not row.uid and not row.url]
    if names and len(names) == len(rows) and all(map(_NUMBERED.fullmatch, names[1:] or names)):
        raise BadList([BadRow(0, "channels", _doubt())])


def _doubt() -> str:
    return _(
        "Every line ends with a semicolon and a number. If the semicolon stands between channel"
        " and uid, begin with the line cname;uid. If it belongs to the names, begin with the line"
        " cname."
    )


def decoded(content: bytes) -> str:
    """The text of a file. Raises BadList."""
    if len(content) > MOST_BYTES:
        raise BadList([BadRow(0, "file", _("The file is larger than 256 kB."))])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadList([BadRow(0, "file", _("The file is not UTF-8 text."))]) from None


def refuse_bad(rows: Sequence[Row], mode: Mode, provider: ProviderName, page: str = "") -> None:
    """Raises BadList for what no request could make right: names, uids, pages, repetitions, the
    number. `page` is that of the rows that name none."""
    if not rows:
        raise BadList([BadRow(0, "channels", _("Name at least one channel."))])
    if len(rows) > MOST:
        raise BadList([_too_many()])
    problems: list[BadRow] = []
    paged = any(row.url for row in rows)  # else the shared page is judged with all they share
    seen: dict[tuple[str, str], Row] = {}
    for row in rows:
        if wrong := cname_problem(row.cname, mode):
            problems.append(row.wrong("cname", _(wrong)))
        if row.uid and (wrong := uid_problem(row.uid, provider)):
            problems.append(row.wrong("uid", _(wrong)))
        if paged and (wrong := _page_problem(row, mode, page)):
            problems.append(row.wrong("url", _(wrong)))
        before = seen.setdefault((row.cname, row.uid), row)
        if before is not row:
            problems.append(row.wrong("cname", _repeats(before)))
    if problems:
        raise BadList(problems)


def _repeats(row: Row) -> str:
    if row.line:
        return _("It repeats line %(line)s.") % {"line": row.line}
    return _("It repeats row %(number)s.") % {"number": row.number}


def _page_problem(row: Row, mode: Mode, page: str) -> str | None:
    if mode is Mode.WEB:
        return page_problem(row.url or page)
    return marked("Only a web recording has a page.") if row.url else None


def _header(cells: Sequence[str], columns: Sequence[str]) -> Sequence[str] | None:
    """The columns that a first line names; None where it is a row already."""
    words = [cell.strip().lower() for cell in cells]
    if not {"cname", "channel"} & set(words):
        return None
    names = [_ALSO.get(word, word) for word in words]
    if unknown := [name for name in names if name not in columns]:
        known = ", ".join(columns)
        sentence = _("“%(name)s” is not a column here. Columns are: %(known)s.")
        raise BadList([BadRow(0, "header", sentence % {"name": unknown[0], "known": known})])
    return names


def _too_many() -> BadRow:
    return BadRow(0, "channels", _("There are more than 1,000 rows."))
