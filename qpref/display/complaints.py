"""Sections on complaints and suggestions: how many, how soon answered, what was changed."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from qpref.display.figures import figures
from qpref.display.section import Row, Section, Table, bar, left_out
from qpref.display.wording import chart_note, count, value
from qpref.palette import INK
from qpref.quality.complaints import UNIT, HeardYear
from qpref.quality.monthly import quarter_months
from qpref.reference import Complaints, Standard
from qpref.reference.models import CERTAINTIES
from qpref.statistics.measure import Measure
from qpref.wording.french import (
    NBSP,
    enumeration,
    long_date,
    lower_first,
    months,
    number,
    period,
    plural,
    upper_first,
)

NO_REGISTER = "aucun registre des réclamations"
_KEY = "reclamations"
_TABLES = {"trimestre": "Par trimestre", "canal": "Par canal", "sujet": "Par sujet"}
_ONE = {"jours": "jour", "jours ouvrés": "jour ouvré"}
_NOT_TOLD = "Non comptés, pour que nul ne soit reconnu : "


def register(found: HeardYear | None, declared: Complaints | None, site: str) -> Section:
    """
    Return how many complaints and suggestions came, from where, and how soon they were answered.

    Parameters
    ----------
    found
        Of `quality.complaints.heard`.
    declared
        What the project says of its register.
    site
        Its short name.
    """
    if found is None:
        return left_out(_KEY, NO_REGISTER)
    if not found.is_counted:
        return Section(_KEY, _few(found), [_when(found)])
    sentences = [_when(found), *_kinds(found), *_delays(found), *_within(found, declared)]
    if not _rows(found):
        sentences.append("Aucun détail n’est compté : il ferait reconnaître quelqu’un.")
    lines = figures(_KEY, found.measures)
    return Section(_KEY, _title(found), sentences, _tables(found, site), figures=lines)


def changes(found: HeardYear | None, changed: Sequence[str], quoted: Sequence[str]) -> Section:
    """
    Return what was changed after a complaint, and complaints as they were written.

    Parameters
    ----------
    found
        Of `quality.complaints.heard`.
    changed, quoted
        Texts that a person read and approved, masked.
    """
    if found is None or not found.is_counted or not (changed or quoted):
        return left_out("reclamations-suites", "aucun texte du registre n’a été relu pour l’être")
    told = (("Ce qui a changé", "Changement", changed), ("Quelques-unes", "Texte", quoted))
    tables = [
        Table(caption, [heading], [Row(f"« {text} »", []) for text in texts])
        for caption, heading, texts in told
        if texts
    ]
    title = plural(len(changed), "changement après une réclamation ou une suggestion",
                   "changements après des réclamations ou des suggestions")  # fmt: skip
    said = (
        "Ces textes ont été choisis et relus par la cellule qualité : ils illustrent, ils ne "
        "mesurent rien. Les noms et coordonnées sont masqués."
    )
    return Section(
        "reclamations-suites", title if changed else "Des réclamations relues", [said], tables
    )


def supporting(found: HeardYear | None, declared: Complaints | None, standard: Standard) -> Section:
    """
    Return what the register proves of a commitment; left out without one.

    Parameters
    ----------
    found, declared
        As `register`.
    standard
        The référentiel.
    """
    heard = declared.prouve if declared else None
    if found is None or declared is None or heard is None:
        return left_out(_KEY, NO_REGISTER)
    own = next(one for one in standard.engagements if one.id == heard.engagement)
    article = next((one for one in own.articles if one.numero == heard.article), None)
    asked, certainty = own.theme, own.certitude
    if article:
        asked = f"{own.theme}, {article.numero} : {article.texte}"
        certainty = article.certitude
    sentences = [f"Appuie l’engagement « {asked} » ({CERTAINTIES[certainty]})."]
    if found.is_counted:
        sentences += [*_delays(found), *_within(found, declared)]
    title = _title(found) if found.is_counted else _few(found)
    return Section(_KEY, title, sentences, figures=figures(_KEY, found.summary))


def across_sites(found: Mapping[str, HeardYear | None], totals: Sequence[Measure]) -> Section:
    """
    Return in one line how many came to each site; left out where no register was read.

    Parameters
    ----------
    found
        Of `quality.complaints.heard`, by the short name of a site.
    totals
        Of `quality.complaints.site_totals`.
    """
    known = [one for one in found.values() if one]
    if not known:
        return left_out(_KEY, NO_REGISTER)
    parts = [
        f"{number(one.value) if one.is_known else 'trop peu pour être comptées'}{NBSP}à {one.label}"
        for one in totals
    ]
    told = [one for one in totals if one.is_known]
    title = f"Réclamations et suggestions, {_span(known[0])} : {enumeration(parts)}"
    return Section(_KEY, title, figures=figures(_KEY, told))


def _span(found: HeardYear) -> str:
    first, last = (quarter_months(one) for one in found.quarters)
    return months(_day(first[0]), _day(last[1]))


def _days_of(found: HeardYear) -> str:
    first, last = (quarter_months(one) for one in found.quarters)
    end = _day(last[1]) + timedelta(days=31)
    return period(_day(first[0]), end.replace(day=1) - timedelta(days=1))


def _day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _title(found: HeardYear) -> str:
    known = f"{number(found.total.value)}{NBSP}{UNIT}"
    if not found.median.is_known:
        return f"{known} en un an"
    return f"{known} : la moitié ont leur réponse en {_days(found.median)} au plus"


def _few(found: HeardYear) -> str:
    return f"Quelques {UNIT}, trop peu pour être comptées ({_span(found)})"


def _when(found: HeardYear) -> str:
    return (
        f"Reçues {_days_of(found)} ; le registre va jusqu’au {long_date(found.until)}. Les plus "
        "anciennes n’y sont pas comptées."
    )


def _days(measure: Measure) -> str:
    """Return a delay with its unit."""
    return plural(int(measure.printed), _ONE[measure.unit], measure.unit)


def _kinds(found: HeardYear) -> list[str]:
    told = found.tables["nature"]
    if told.hidden:
        return []
    parts = [plural(int(one.value), lower_first(one.label)) for one in told.shown]
    return [f"{upper_first(enumeration(parts))}."]


def _delays(found: HeardYear) -> list[str]:
    """Say how soon answers come, those still awaited for as long as they have been."""
    told = []
    if found.median.is_known:
        ninth = f", neuf sur dix en {_days(found.ninth)}" if found.ninth.is_known else ""
        told.append(f"La moitié ont leur réponse en {_days(found.median)} au plus{ninth}.")
    if not found.ninth.is_known:
        part = "neuf sur dix" if found.median.is_known else "la moitié"
        told.append(f"Trop attendent encore pour dire en combien de temps {part} ont leur réponse.")
    if found.waiting is None:
        told.append(
            "Celles qui attendent encore sont comptées dans ces délais ; leur nombre n’est pas "
            "publié, ni celui des réponses : l’un des deux est trop petit."
        )
    elif found.waiting.value:
        verb = "attend encore, comptée" if found.waiting.value < 2 else "attendent encore, comptées"  # noqa: PLR2004
        told.append(f"{number(found.waiting.value)} {verb} pour le temps déjà passé.")
    else:
        told.append("Toutes ont une réponse.")
    return told


def _within(found: HeardYear, declared: Complaints | None) -> list[str]:
    """Say how many were answered within the delay that the service sets itself."""
    aim = declared.delai if declared else None
    if aim is None or aim.valeur is None:
        return ["Le délai de réponse que le service se fixe n’est pas dit : rien n’est jugé."]
    sure = "" if aim.certitude == "vu" else f" ({CERTAINTIES[aim.certitude]})"
    unit = found.median.unit
    said = f"Le service se fixe {number(aim.valeur)}{NBSP}{unit}{sure}"
    if found.within is None:
        return [
            f"{said} ; combien l’ont eue dans ce délai n’est pas publié : ce nombre, ou celui des "
            "autres, est trop petit."
        ]
    rate = value(found.within)
    told = rate if rate == count(found.within) else f"{rate} ({count(found.within)})"
    return [f"{said} : délai tenu pour {told}, parmi celles dont ce délai est écoulé."]


def _rows(found: HeardYear) -> list[Row]:
    """Return the counts of each table of which one may be told; all bars have one scale."""
    rows = []
    shown = {name: found.tables[name] for name in _TABLES if name in found.tables}
    most = max((one.value for told in shown.values() for one in told.shown), default=0) or 1
    for name, told in shown.items():
        title = _TABLES[name]
        if not told.shown:
            continue
        rows.append(Row(title, []))
        rows += [Row(one.label, [number(one.value)], [bar(one, INK, most)]) for one in told.shown]
        if told.hidden:
            names = enumeration([*map(lower_first, told.hidden)])
            rows.append(Row("Autres", ["—"], detail=f"{_NOT_TOLD}{names}."))
    return rows


def _tables(found: HeardYear, site: str) -> list[Table]:
    rows = _rows(found)
    if not rows:
        return []
    first = next(row for row in rows if not row.is_title)
    note = chart_note(
        f"{lower_first(first.label)}, {first.cells[0]} reçues", site,
        "registre des réclamations et suggestions",
    )  # fmt: skip
    return [Table("Réclamations et suggestions reçues", ["Selon", "Reçues"], rows, note=note)]
