"""What a committee received is kept, and what reads otherwise since is said, figure by figure.

Reports are written here by hand: the expected figures and sentences are those of the tables below.
"""

import hashlib
import json
import os
import signal
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from qpref.batch.provenance import Provenance, Source
from qpref.clu.archive import Edition, damaged, editions, keep, never_kept, published
from qpref.clu.facts import sent_on
from qpref.clu.journal import ACCEPTED, BEGUN, Journal
from qpref.clu.revisions import received, revised
from qpref.display.erratum import erratum, summary
from qpref.display.figures import figures
from qpref.quality.method import METHOD, METHODS, changes_since
from qpref.spreadsheets import spreadsheet_csv
from qpref.statistics.measure import DIFFERENCE, Measure
from tests.clu.conftest import make_meeting

CAMPAIGN, NAME, DAY = "2020-11", "evry/10_satisfaction", date(2021, 3, 1)
SHARE = Measure(key="attente", label="Attente", group="satisfaits", n=200, count=150, value=0.75,
                low=0.686, high=0.805)  # fmt: skip
CHANGE = Measure(key="attente", label="Attente", n=200, value=-0.06, low=-0.11, high=-0.01,
                 unit=DIFFERENCE, verdict="moins_bien")  # fmt: skip
MEETING = make_meeting(
    campagne=CAMPAIGN, ordre_du_jour=[{"titre": "x", "minutes": 5, "documents": [NAME]}]
)


class Paper:
    """A report on disk, as far as an archive knows reports."""

    def __init__(self, project, name=NAME):
        site, _, self.name = name.rpartition("/")
        self.folder = project.report_folder(CAMPAIGN, site)

    def output(self, suffix):
        return self.folder / f"{self.name}{suffix}"

    def write(self, *measures, data="a" * 64, method=METHOD, reference="r", rows=200):
        content = spreadsheet_csv(figures("global", measures))
        source = Source(fichier="recu.csv", campagne=CAMPAIGN, format="x", nature="satisfaction",
                        sha256=data, lignes_lues=rows, gardees=rows, ecartees=0, quarantaine=0,
                        gardees_ce_site=rows)  # fmt: skip
        digest = hashlib.sha256(content).hexdigest()
        facts = Provenance(
            notebook=self.name, notebook_sha256="n", parametres={}, qpref="1", methode=method,
            python="3", reference=reference, produit_le="2021-01-01", fichiers=(source,), cle="k",
            titre="Satisfaction, Évry", fictif=True,
            sorties={self.output(".chiffres.csv").name: digest},
        )  # fmt: skip
        self.folder.mkdir(parents=True, exist_ok=True)
        self.output(".chiffres.csv").write_bytes(content)
        self.output(".provenance.json").write_text(facts.model_dump_json(), encoding="utf-8")
        return self


def sent(project, *measures, meeting=MEETING, **made):
    """Keep a pack whose only report says these measures."""
    paper = Paper(project).write(*measures, **made)
    page = repr([(m.value, m.verdict) for m in measures]).encode()
    return keep(project, meeting, {NAME: paper}, {"page.html": page}, DAY)


def differing(project, meeting=MEETING):
    found = [revised(project, one) for one in received(project, [meeting])]
    return [one for one in found if one and one.revisions]


def redate(edition, moment):
    facts = edition.facts.model_copy(update={"archive_le": moment})
    (edition.folder / "archive.json").write_text(facts.model_dump_json(), encoding="utf-8")


def test_a_pack_is_kept_once_and_a_different_one_beside(project):
    first = sent(project, SHARE)
    again = sent(project, SHARE)
    other = sent(project, replace(SHARE, value=0.76))

    assert (first.is_new, again.is_new, other.is_new) == (True, False, True)
    assert again.edition == first.edition
    assert [e.folder.name.partition("_")[0] for e in editions(project, MEETING.date)] == ["1", "2"]
    facts = first.edition.facts
    assert (facts.reunion, facts.methode, facts.rapports) == (MEETING.date, METHOD, (NAME,))
    assert facts.reference["campagnes.yml"]
    assert not list(project.archives.rglob(".*"))


def test_what_reads_the_same_is_no_revision(project):
    sent(project, SHARE, CHANGE)
    nudged = replace(SHARE, value=0.7549, low=0.6851, high=0.8049)  # still 75 %, 69 to 80 %
    Paper(project).write(nudged, CHANGE, replace(SHARE, group="nouveau"))

    assert differing(project) == []


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ({"method": METHOD + 1}, f"méthode changée ({METHOD} → {METHOD + 1})"),
        ({"data": "b" * 64}, "fichier changé : recu.csv (2020-11)"),
        ({"rows": 199}, "fichier lu autrement"),
        ({"reference": "s"}, "données de référence changées"),
        ({}, "programme, remarques relues"),
    ],
)
def test_each_reason_is_told_from_the_provenance(project, made, reason):
    sent(project, SHARE, CHANGE)
    Paper(project).write(SHARE, replace(CHANGE, low=-0.13, high=0.01, verdict=""), **made)

    (report,) = differing(project)
    (one,) = report.revisions
    assert one.is_of_verdict
    assert one.reasons[0].startswith(reason)
    assert summary([report]) == (
        "1\u00a0chiffre publié n’est plus le même, dans 1\u00a0rapport ; 1\u00a0conclusion change"
    )


def test_counts_that_differ_are_never_put_down_to_the_method(project):
    sent(project, SHARE, CHANGE, method=1)
    moved = replace(SHARE, n=199, count=149, value=149 / 199)
    Paper(project).write(moved, replace(CHANGE, verdict=""), method=2, data="b" * 64)

    (report,) = differing(project)
    counted, concluded = report.revisions
    assert counted.reasons == ["fichier changé : recu.csv (2020-11)"]
    assert concluded.reasons == ["méthode changée (1 → 2)", *counted.reasons]
    assert (report.unchanged, report.method) == (0, 1)
    assert changes_since(report.method) == [METHODS[n] for n in range(2, METHOD + 1)]


def test_the_file_of_reference_that_changed_is_named(project):
    sent(project, SHARE)
    path = project.reference / "sites.yml"
    path.write_text(path.read_text(encoding="utf-8") + "# relu\n", encoding="utf-8")
    Paper(project).write(replace(SHARE, value=0.7), reference="s")

    (report,) = differing(project)
    assert report.revisions[0].reasons == ["données de référence changées (sites.yml)"]


def test_a_figures_file_changed_by_hand_is_told_as_such(project):
    sent(project, SHARE)
    path = Paper(project).output(".chiffres.csv")
    path.write_bytes(path.read_bytes().replace(b"0,75", b"0,95"))

    (report,) = differing(project)
    assert "changé après que le rapport a été fait" in report.revisions[0].reasons[0]


def test_a_figure_that_took_another_name_is_followed_and_one_that_left_is_told(project):
    sent(project, SHARE, CHANGE)
    Paper(project).write(replace(SHARE, label="Temps d’attente", value=0.7))

    (report,) = differing(project)
    named, gone = report.revisions
    assert (named.before.label, named.now.label) == ("Attente", "Temps d’attente")
    assert (gone.now, gone.is_of_verdict) == (None, True)


def test_what_was_sent_counts_and_not_what_was_drafted(project):
    """Mails accepted between two editions carried the first; a day written by hand does as well."""
    first, second = sent(project, SHARE).edition, sent(project, replace(SHARE, value=0.7)).edition
    assert published(project, MEETING) == [second]

    now = first.facts.archive_le
    redate(second, now + timedelta(days=3))
    journal = project.committee / f"envois-{MEETING.date}.jsonl"
    event = {"moment": now.isoformat(), "membre": "a", "etat": "accepte"}
    journal.write_text(json.dumps(event) + "\n", encoding="utf-8")
    assert published(project, MEETING) == [first]
    assert [one.meetings for one in received(project, [MEETING])] == [(MEETING.date,)]

    journal.unlink()
    written = MEETING.model_copy(update={"envoye_le": now.date()})
    assert published(project, written) == [first]


def test_the_edition_that_left_is_the_one_that_the_journal_names(project):
    """Whatever the clock says: an edition kept ten years later carries no mail for that."""
    first, second = sent(project, SHARE).edition, sent(project, replace(SHARE, value=0.7)).edition
    redate(second, first.facts.archive_le - timedelta(days=3650))
    journal = Journal.of(project, MEETING.name)
    journal.begin("a", BEGUN, edition=first.folder.name).write(ACCEPTED)

    assert published(project, MEETING) == [first]


def test_what_was_sent_follows_a_meeting_that_moves(project):
    kept = sent(project, SHARE).edition
    journal = Journal.of(project, MEETING.first_name)
    journal.expect(["a"])
    journal.begin("a", BEGUN, edition=kept.folder.name).write(ACCEPTED)
    moved = MEETING.model_copy(update={"date": date(2021, 6, 1), "deplacee_du": (MEETING.date,)})

    assert published(project, moved) == [kept]
    assert sent_on(project, moved, None) == sent_on(project, MEETING, None) is not None


def test_documents_left_when_they_left_for_all(project):
    journal = Journal.of(project, MEETING.name)
    journal.expect(["a", "b"])
    journal.begin("a", BEGUN).write(ACCEPTED)
    assert sent_on(project, MEETING, None) is None

    journal.begin("b", BEGUN).write(ACCEPTED)
    assert sent_on(project, MEETING, None) == date.fromisoformat(journal.events[-1]["moment"][:10])


def test_the_same_figures_sent_twice_are_compared_once(project):
    later = make_meeting(
        date(2021, 10, 5), campagne=CAMPAIGN, ordre_du_jour=MEETING.model_dump()["ordre_du_jour"]
    )
    sent(project, SHARE)
    sent(project, SHARE, meeting=later)
    (one,) = received(project, [MEETING, later])
    assert one.meetings == (MEETING.date, later.date)

    sent(project, replace(SHARE, value=0.7), meeting=later)
    assert [report.meetings for report in differing(project)] == [(MEETING.date,)]


def test_a_damaged_archive_is_told_and_left_and_the_next_is_kept(project):
    kept = sent(project, SHARE).edition
    path = kept.output(NAME, ".chiffres.csv")
    path.write_bytes(path.read_bytes().replace(b"0,75", b"0,85"))

    assert damaged(project) == [Edition(kept.folder)]
    assert published(project, MEETING) == []
    assert sent(project, SHARE).is_new
    assert b"0,85" in path.read_bytes()


def test_meetings_before_archives_are_named(project):
    old = make_meeting(date(2020, 10, 16))
    (project.packs / "2020-10-16").mkdir(parents=True)
    sent(project, SHARE)

    assert never_kept(project, [old, MEETING, make_meeting(date(2030, 1, 1))]) == [old]


@pytest.mark.skipif(os.name == "nt", reason="Windows n’a pas de fork")
@pytest.mark.parametrize("rank", range(1, 6))
def test_a_kill_leaves_a_whole_edition_or_none_and_the_next_run_sweeps(project, rank):
    """The process is killed at each rename: of the three files, then of the folder."""
    pid = os.fork()
    if not pid:
        kill_at(rank)
        sent(project, SHARE)
        os._exit(0)
    _, status = os.waitpid(pid, 0)

    assert os.WIFSIGNALED(status) == (rank < 5)
    left = editions(project)
    assert [one.facts is not None for one in left] == [True] * len(left)
    assert sent(project, SHARE).is_new == (rank < 5)
    assert len(editions(project)) == 1
    assert not list(project.archives.rglob(".*"))


def kill_at(rank):
    """Have the process killed just before its rename of this rank."""
    calls = []
    for name in ("replace", "rename"):
        usual = getattr(Path, name)

        def move(self, target, usual=usual):
            calls.append(self)
            if len(calls) == rank:
                os.kill(os.getpid(), signal.SIGKILL)
            return usual(self, target)

        setattr(Path, name, move)


def test_the_page_says_what_was_published_what_it_is_and_why(project):
    sent(project, SHARE, CHANGE, method=1)
    Paper(project).write(SHARE, replace(CHANGE, low=-0.13, high=0.01, verdict=""), method=METHOD)
    found = differing(project)
    heading, report = erratum(found, "novembre 2020", DAY, changes_since(1))

    told = " ".join(heading.sentences)
    assert "réunion du 16 mars 2021" in told.replace("\u00a0", " ")
    assert METHODS[2] in told
    (row,) = report.tables[0].rows
    assert [cell.replace("\u00a0", " ") for cell in row.cells] == [
        "−6 points, entre −11 et −1 points, base 200 : moins bien",
        "−6 points, entre −13 et +1 points, base 200",
    ]
    assert row.detail == f"La conclusion change. Pourquoi : méthode changée (1 → {METHOD})."
    assert report.sentences == ["1\u00a0autre chiffre de ce rapport est inchangé."]
