"""The channels of a bulk start, as a person or program names them: lines, CSV, or objects.

Whatever is wrong is told by row and field; nothing is guessed, mended or left out.
"""

import csv
import io
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


@dataclass(frozen=True, slots=True)
class Row:
    """One start. `number` counts from 1, as in the list that was given; an empty `uid`: one of
    ours. `url`: the page of a web recording; empty: that which all share."""

    number: int
    cname: str
    uid: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class BadRow:
    number: int  # 0: the list as a whole
    field: str
    sentence: str


class BadList(RecorderError):
    """Nothing was queued. `problems` by row."""

    def __init__(self, problems: Iterable[BadRow]):
        self.problems = tuple(problems)
        super().__init__(" ".join(map(told, self.problems[:5])))


def told(problem: BadRow) -> str:
    if not problem.number:
        return problem.sentence
    return _("Row %(number)s, %(field)s: %(sentence)s") % {
        "number": problem.number,
        "field": problem.field,
        "sentence": problem.sentence,
    }


def rows_of_text(text: str, mode: Mode = Mode.MIX) -> list[Row]:
    """One row a line: the channel, in web mode after a comma its page, and after a comma a uid. As
    CSV, so with quotes where a channel has a comma; a first line that names its columns may give
    another order. Raises BadList."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    rows: list[Row] = []
    problems: list[BadRow] = []
    columns = _WEB_COLUMNS if mode is Mode.WEB else _COLUMNS
    names: Sequence[str] = columns
    first = True
    try:
        for cells in reader:
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
                problems.append(BadRow(number, "row", _("It has more cells than columns.")))
                continue
            values = dict(zip(names, cells, strict=False))
            uid, url = (values.get(name, "").strip() for name in ("uid", "url"))
            rows.append(Row(number, values.get("cname", ""), uid, url))
    except csv.Error:
        number = len(rows) + len(problems) + 1
        sentence = _("Its quotes do not close where a cell ends.")
        raise BadList([BadRow(number, "row", sentence)]) from None
    if problems:
        raise BadList(problems)
    return rows


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
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        if wrong := cname_problem(row.cname, mode):
            problems.append(BadRow(row.number, "cname", _(wrong)))
        if row.uid and (wrong := uid_problem(row.uid, provider)):
            problems.append(BadRow(row.number, "uid", _(wrong)))
        if paged and (wrong := _page_problem(row, mode, page)):
            problems.append(BadRow(row.number, "url", _(wrong)))
        before = seen.setdefault((row.cname, row.uid), row.number)
        if before != row.number:
            repeated = _("It repeats row %(number)s.") % {"number": before}
            problems.append(BadRow(row.number, "cname", repeated))
    if problems:
        raise BadList(problems)


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
