"""The open-data table of an edition: its columns, its lines, and the schema that describes it."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from qpref.batch.figures import rows_of
from qpref.display.figures import MEANINGS
from qpref.reference import Campaign, Site

TABLE, SCHEMA, PACKAGE = "resultats.csv", "schema.json", "datapackage.json"


@dataclass(frozen=True)
class OpenColumn:
    """
    A column of the table, as a Table Schema describes it.

    `kind`: string, integer, number, date or boolean; `bounds`: what every value respects.
    """

    name: str
    kind: str
    meaning: str
    bounds: Mapping[str, Any] | None = None

    @property
    def described(self) -> dict[str, Any]:
        """The field of the schema."""
        bounds = {"constraints": dict(self.bounds)} if self.bounds else {}
        return {"name": self.name, "type": self.kind, "description": self.meaning, **bounds}


def _figure(name: str, kind: str, **bounds: Any) -> OpenColumn:  # noqa: ANN401 - of a schema
    return OpenColumn(name, kind, MEANINGS[name], bounds or None)


_REQUIRED = {"required": True}
COLUMNS = (
    OpenColumn("edition", "date", "jour de publication", _REQUIRED),
    OpenColumn("campagne", "string", "identifiant de la campagne", _REQUIRED),
    OpenColumn("debut", "date", "premier jour de la campagne", _REQUIRED),
    OpenColumn("fin", "date", "dernier jour de la campagne", _REQUIRED),
    OpenColumn("site", "string", "identifiant du site", _REQUIRED),
    OpenColumn("nom_site", "string", "nom du site", _REQUIRED),
    _figure("section", "string", required=True),
    _figure("indicateur", "string"),
    _figure("libelle", "string"),
    _figure("groupe", "string"),
    _figure("n", "integer", minimum=0),
    _figure("effectif", "integer", minimum=0),
    _figure("valeur", "number"),
    _figure("bas", "number"),
    _figure("haut", "number"),
    _figure("unite", "string"),
    _figure("decimales", "integer", minimum=0),
    _figure("verdict", "string"),
    OpenColumn("fictif", "boolean", "vrai si les données sont inventées", _REQUIRED),
)
NAMES = tuple(column.name for column in COLUMNS)
_KINDS = {column.name: column.kind for column in COLUMNS}


@dataclass(frozen=True)
class OpenEdition:
    """What an edition is of: its day (2021-03-16), its campaign, whether its data are invented."""

    day: str
    campaign: Campaign
    is_fictional: bool


def lines_of(edition: OpenEdition, site: Site, figures: bytes) -> list[dict[str, str]]:
    """
    Return the lines of a site: those of the figures file of its page, with what they are of.

    Parameters
    ----------
    edition, site
        Which.
    figures
        Content of the figures file, which has passed the disclosure gate with the page.
    """
    campaign = edition.campaign
    facts = {
        "edition": edition.day,
        "campagne": campaign.id,
        "debut": str(campaign.debut),
        "fin": str(campaign.fin),
        "site": site.id,
        "nom_site": site.nom,
        "fictif": "true" if edition.is_fictional else "false",
    }
    return [
        facts | {name: _plain(name, row[name]) for name in MEANINGS}
        for row in rows_of(figures).values()
    ]


def _plain(name: str, cell: str) -> str:
    """Return a cell as programs read it: a point in numbers, no decimal in counts."""
    if not cell or _KINDS[name] == "string":
        return cell
    found = cell.replace(",", ".")
    return f"{float(found):.0f}" if _KINDS[name] == "integer" else found


def written(lines: Iterable[Mapping[str, str]]) -> bytes:
    """Return the table: UTF-8, commas, a point in numbers, as Table Schema expects by default."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, NAMES, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(lines)
    return buffer.getvalue().encode()


def read(content: bytes) -> list[dict[str, str]]:
    """Return the lines of a table; nothing of one that has other columns."""
    rows = csv.DictReader(io.StringIO(content.decode()))
    return [dict(row) for row in rows] if tuple(rows.fieldnames or ()) == NAMES else []


def schema() -> bytes:
    """Return the schema of the table (Table Schema)."""
    return _as_json({"fields": [column.described for column in COLUMNS], "missingValues": [""]})


def package(title: str, day: str) -> bytes:
    """
    Return the description of the folder (Data Package): what it holds, and when it was made.

    No licence is named: it is for the service to choose.
    """
    resource = {
        "name": "resultats",
        "path": TABLE,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": SCHEMA,
    }
    facts = {"name": "resultats", "title": title, "created": f"{day}T00:00:00Z"}
    return _as_json({**facts, "resources": [resource]})


def _as_json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
