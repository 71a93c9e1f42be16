"""Invented complaints: a register keyed at the first site, what an export says of the others."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log

import xlsxwriter

from qpref.example.chance import open_days, pick, seeded
from qpref.example.keyed import CREATED
from qpref.layout import FICTIONAL
from qpref.layout.complaints import REGISTER
from qpref.reference import CodeBook, ComplaintExport, Complaints, Site
from qpref.reference.complaints import KINDS
from qpref.reference.invented_complaints import InventedComplaints
from qpref.zipped import alike

_CHANGED = 0.3  # of those answered, where something is to be changed
Cells = Mapping[str, str | date]


@dataclass(frozen=True)
class InventedRegister:
    """What complaints are drawn from: what is declared, the code book, what the example says."""

    declared: Complaints
    book: CodeBook
    said: InventedComplaints

    def files(self, sites: Sequence[Site]) -> dict[str, bytes]:
        """Return the files by name, without their campaign."""
        export = next((one for one in self.declared.exports if one.site), None)
        keyed = sites[:1] if export else sites
        files = {
            f"registre_{site.id}.xlsx": _workbook(site, [*self._drawn(site)]) for site in keyed
        }
        rest = [] if export is None else [(site, [*self._drawn(site)]) for site in sites[1:]]
        if export is not None and rest:
            files[f"{export.id}.csv"] = _export(export, rest)
        return files

    def _drawn(self, site: Site) -> Iterator[Cells]:
        """Yield the complaints of a site, in order of date."""
        rng = seeded("réclamations", site.id)
        first = date.fromisoformat(f"{self.said.debut}-01")
        last = date.fromisoformat(f"{self.said.fin}-28")
        days = open_days(first, last)
        labels = {one.id: one.libelle for one in self.declared.canaux}
        weights = {
            name: w for name, w in self.said.canaux.items() if name in labels
        } or dict.fromkeys(labels, 1.0)
        received = sorted(
            days[int(rng.random() * len(days))] for _ in range(self.said.nombres.get(site.id, 0))
        )
        for rank, day in enumerate(received, start=1):
            one = self.said.exemples[int(rng.random() * len(self.said.exemples))]
            waited = 1 + round(-log(1 - rng.random()) * self.said.jours)
            answered = day + timedelta(days=waited)
            is_over = answered <= last and rng.random() >= self.said.sans_reponse
            is_changed = is_over and bool(one.changement) and rng.random() < _CHANGED
            yield {
                "site": site.nom_court,
                "numero": f"{day.year}-{rank:03}",
                "recue": day,
                "canal": labels[pick(rng, weights)],
                "nature": KINDS[one.nature],
                "sujet": self.book.labels.get(one.sujet, ""),
                "service": one.service,
                "texte": one.texte,
                "repondue": answered if is_over else "",
                "suite": one.suite if is_over else "",
                "changement": one.changement if is_changed else "",
            }


def _workbook(site: Site, rows: Sequence[Cells]) -> bytes:
    """Return the register that `modele-saisie` writes, once it is filled."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "dd/mm/yyyy"})
    book.set_properties({"created": CREATED})
    sheet = book.add_worksheet(REGISTER.sheet)
    title = f"Réclamations et suggestions — {site.nom}"
    for line, text in enumerate((*REGISTER.instructions(title, site.nom_court), FICTIONAL)):
        sheet.write(line, 0, text)
    for place, column in enumerate(REGISTER.offered):
        sheet.write(4, place, column.heading)
        for line, row in enumerate(rows, start=5):
            if value := row[column.key]:
                sheet.write(line, place, value)
    book.close()
    return alike(out.getvalue())


def _export(export: ComplaintExport, rest: Sequence[tuple[Site, Sequence[Cells]]]) -> bytes:
    """Return what such tools write: semicolons, in the Windows code page."""
    out = io.StringIO(newline="")
    lines = csv.writer(out, delimiter=";", lineterminator="\r\n")
    lines.writerow([FICTIONAL])
    lines.writerow(export.headings.values())
    for _, rows in rest:
        for row in rows:
            lines.writerow([_said(row[name]) for name in export.headings])
    return out.getvalue().encode("cp1252", "replace")


def _said(value: str | date) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else value
