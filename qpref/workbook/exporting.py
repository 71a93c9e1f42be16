"""The answers in a file that SPSS, Stata, R, DuckDB or a spreadsheet reads, and its codebook."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pyarrow as pa

from qpref.display.codebook import page
from qpref.errors import UsageError
from qpref.lazy import lazy
from qpref.project import Project
from qpref.quality.codebook import Variable, encoded, lines
from qpref.quality.individuals import REASONS, Individuals
from qpref.questions import Answer
from qpref.scratch import scratch
from qpref.spreadsheets import spreadsheet_csv, spreadsheet_xlsx
from qpref.written import Kind, put_beside

pq = lazy("pyarrow.parquet")
duckdb = lazy("duckdb", is_extra=True)  # extras that few install
pyreadstat = lazy("pyreadstat", is_extra=True)
_FIRST = 99991  # reasons of no answer, below any number given
SPSS = {state: float(-_FIRST - rank) for rank, state in enumerate(REASONS)}
STATA = dict(zip(REASONS, "abcde", strict=True))  # .a to .e
_LABEL, _VALUE = 80, 120  # bytes of the label of a variable (Stata), of a value (SPSS)
NAMES = ("sav", "dta", "parquet", "csv", "xlsx", "duckdb")
_NEEDS = {"sav": "pyreadstat", "dta": "pyreadstat", "duckdb": "duckdb"}


@dataclass(frozen=True, eq=False)
class Exported:
    """
    What is exported.

    `found`: the answers; `table`: the same, worded, with the reasons of no answer beside each
    question; `variables` of the file; `title`.
    """

    found: Individuals
    table: pd.DataFrame
    variables: Sequence[Variable]
    title: str

    @property
    def labels(self) -> dict[str, str]:
        """The label of each column of the table, those of the reasons included."""
        own = dict(self.table.attrs["libelles"])
        return own | {f"{name}_manquant": f"Pourquoi pas de réponse : {text}"
                      for name, text in own.items()}  # fmt: skip

    def book(self, reasons: Mapping[str, object]) -> pd.DataFrame:
        """Return the codebook, with the codes of the reasons of no answer."""
        return lines(self.found, self.variables, reasons)

    def numbers(self, reasons: Mapping[str, object]) -> pd.DataFrame:
        """Return the answers as numbers, with weights and half-days."""
        own = encoded(self.found, self.variables, reasons)
        own.insert(0, "reponse_id", own.index)
        return own.assign(poids=self.table["poids"], grappe=self.table["grappe"].fillna(""))


def export(project: Project, path: Path, form: str, content: Exported, kind: Kind) -> list[Path]:
    """
    Write a file and, beside it, its codebook as a page and as a workbook; return where.

    Raises
    ------
    UsageError
        If the form is unknown, or what writes it is not installed.
    """
    if form not in NAMES:
        known = ", ".join(NAMES)
        raise UsageError(
            f"« {form} » n’est pas un format d’export ({known}).",
            "Choisissez l’un d’eux, ou finissez par lui le nom du fichier.",
        )
    if form in _NEEDS and find_spec(_NEEDS[form]) is None:
        raise UsageError(
            f"L’export « {form} » n’est pas installé.",
            f"Installez-le : pip install {_NEEDS[form]}.",
        )
    book = content.book(_REASONS.get(form, REASONS))
    files = {
        path: _WRITERS[form](content),
        path.with_name(f"{path.name}.codes.html"): page(content.title, book).encode(),
        path.with_name(f"{path.name}.codes.xlsx"): spreadsheet_xlsx(book, _MEANINGS),
    }
    return [put_beside(project, target, data, kind) for target, data in files.items()]


_REASONS: dict[str, Mapping[str, object]] = {"sav": SPSS, "dta": STATA}
_MEANINGS = {
    "variable": "nom dans le fichier",
    "libelle": "ce qui est demandé, en quelques mots",
    "question": "la question telle qu’elle est posée",
    "code": "ce qui est écrit dans le fichier ; vide pour un nombre ou un jour",
    "effectif": "usagers qui ont cette réponse",
}


def _labels(content: Exported) -> dict[str, str]:
    own = {one.name: one.label for one in content.variables}
    beside = {"reponse_id": "Identifiant de la réponse"}
    beside |= {name: content.labels[name] for name in ("poids", "grappe")}
    return {name: _cut(text, _LABEL) for name, text in {**beside, **own}.items()}


def _cut(text: str, most: int) -> str:
    """Return the beginning of a text that holds in so many bytes."""
    return text.encode()[:most].decode(errors="ignore")


def _numbered(content: Exported) -> list[Variable]:
    """Return the variables that have codes for the reasons of no answer."""
    without = {Answer.DAY.value, Answer.FIELD.value}
    return [one for one in content.variables
            if (one.is_asked and one.kind not in without) or one.codes]  # fmt: skip


def _wordings(content: Exported, reasons: Mapping[str, object]) -> dict[str, dict[object, str]]:
    found: dict[str, dict[object, str]] = {}
    for one in _numbered(content):
        own: dict[object, str] = {
            float(number): _cut(words, _VALUE) for number, words in one.wordings.items()
        }
        told = {reasons[state]: words for state, words in REASONS.items()} if one.is_asked else {}
        found[one.name] = {**own, **told}
    return found


def _sav(content: Exported) -> bytes:
    ranges = [{"lo": min(SPSS.values()), "hi": max(SPSS.values())}]
    asked = [one for one in _numbered(content) if one.is_asked]
    with scratch() as folder:
        target = folder / "reponses.sav"
        pyreadstat.write_sav(
            content.numbers(SPSS),
            target,
            file_label=_cut(content.title, 60),
            column_labels=_labels(content),
            variable_value_labels=_wordings(content, SPSS),
            missing_ranges={one.name: ranges for one in asked},
            variable_measure={one.name: "ordinal" if one.codes else "scale" for one in asked},
        )
        return target.read_bytes()


def _dta(content: Exported) -> bytes:
    asked = [one for one in _numbered(content) if one.is_asked]
    with scratch() as folder:
        target = folder / "reponses.dta"
        pyreadstat.write_dta(
            content.numbers(STATA),
            target,
            file_label=_cut(content.title, _LABEL),
            column_labels=_labels(content),
            variable_value_labels=_wordings(content, STATA),
            missing_user_values={one.name: [*STATA.values()] for one in asked},
        )
        return target.read_bytes()


def _arrow(content: Exported) -> pa.Table:
    """Return the worded table; the field of each column bears its label."""
    table = pa.Table.from_pandas(content.table.reset_index())
    told = content.labels
    fields = [
        one.with_metadata({"libelle": told[one.name].encode()}) if one.name in told else one
        for one in table.schema
    ]
    return table.cast(pa.schema(fields, metadata=table.schema.metadata))


def _parquet(content: Exported) -> bytes:
    out = pa.BufferOutputStream()
    pq.write_table(_arrow(content), out)
    return bytes(out.getvalue())


def _duckdb(content: Exported) -> bytes:
    """Return a database of two tables: the answers, whose columns bear their labels, and codes."""
    own = _arrow(content)
    with scratch() as folder:
        target = folder / "reponses.duckdb"
        with duckdb.connect(str(target)) as base:
            for name, given in (("reponses", own), ("codes", content.book(REASONS))):
                base.register("given", given)
                base.execute(f"CREATE TABLE {name} AS SELECT * FROM given")  # noqa: S608 - ours
                base.unregister("given")
            for field in own.schema:
                label = (field.metadata or {}).get(b"libelle", b"").decode().replace("'", "''")
                base.execute(f"COMMENT ON COLUMN reponses.{_quoted(field.name)} IS '{label}'")
        return target.read_bytes()


def _quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _texts(content: Exported) -> pd.DataFrame:
    """Return the table as a spreadsheet shows it: words, days, numbers."""
    table = content.table.reset_index()
    return pd.DataFrame({name: _plain(table[name]) for name in table})


def _plain(values: pd.Series) -> pd.Series:
    if values.dtype == "boolean":
        return values.astype("object").map({True: "Oui", False: "Non"}, na_action="ignore")
    if values.dtype.kind == "M":
        return values.map(lambda day: day.date(), na_action="ignore")
    is_coded = isinstance(values.dtype, pd.CategoricalDtype)
    return values.astype("object") if is_coded else values


def _csv(content: Exported) -> bytes:
    return spreadsheet_csv(_texts(content))


def _xlsx(content: Exported) -> bytes:
    return spreadsheet_xlsx(_texts(content), content.labels)


_WRITERS: dict[str, Callable[[Exported], bytes]] = {
    "sav": _sav,
    "dta": _dta,
    "parquet": _parquet,
    "csv": _csv,
    "xlsx": _xlsx,
    "duckdb": _duckdb,
}
