"""The example's meeting by the command: documents, weight, refusals, purge; old packs stay."""

import csv
import email
import email.policy
import hashlib
import io
import json
import re
import shutil

import docx
import lxml.html
import pikepdf
import pptx
import pytest

from qpref.cli import main
from qpref.cli.errata import PublishedFigureError
from qpref.cli.verify import DifferenceError
from qpref.clu import pack as packing
from qpref.clu.archive import editions
from qpref.clu.documents import ascii_name
from qpref.clu.mailing import TooHeavyError
from qpref.clu.sending import SendingError
from qpref.errors import MissingDataError, ReferenceFileError, UsageError
from qpref.example.members import members_file
from qpref.quality.method import METHOD, METHODS
from qpref.reference.members import load_members
from qpref.slides.theme import TemplateError
from tests import readback
from tests.attacks.leaving import long_numbers
from tests.clu.conftest import make_meeting
from tests.clu.test_sending import SENDER, serve  # noqa: F401 - a fixture
from tests.conftest import ROOT, copied

pytestmark = pytest.mark.notebook
DAY = "2021-03-01"
CAMPAIGN = "novembre-décembre 2020"


@pytest.fixture(scope="module")
def ready(published, tmp_path_factory):
    """The example with its reports, its meetings and members."""
    project = copied(published, tmp_path_factory.mktemp("comite"))
    shutil.copytree(ROOT / "data" / "clu", project.committee, dirs_exist_ok=True)
    (project.committee / "membres.yml").write_bytes(members_file())
    return project


def call(project, *arguments):
    return main(["--racine", str(project.root), *arguments])


def prepare(project, *arguments):
    return call(project, "clu", "preparer", "--reunion", "2021-03", "--jour", DAY, *arguments)


@pytest.fixture(scope="module", autouse=True)
def kept_contents():
    """
    Keep what was counted and printed for the next preparation that asks for exactly the same.

    `made_again` has everything counted and printed.
    """
    known, make = {}, packing._contents

    def contents(occasion, reports, template):
        pages = [one.output(".html").read_bytes() for one in reports.values()]
        meeting = occasion.meeting.model_copy(update={"taille_max_ko": 0})  # says which are sent
        given = (meeting, occasion.members)
        how = (occasion.setting, occasion.agreements, occasion.template, occasion.has_pages)
        key = repr(([one.model_dump_json() for one in given], how, pages))
        known[key] = known.get(key) or make(occasion, reports, template)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "_contents", contents)
        yield known


@pytest.fixture
def made_again(kept_contents):
    kept_contents.clear()


@pytest.fixture(scope="module")
def pack(ready, kept_contents):  # noqa: ARG001 - this one is kept too
    """The folder of the pack, made once by the command; an interactive page lies about."""
    (ready.reports / "2020-11/evry/10_satisfaction.interactif.html").write_text("<script>")
    assert prepare(ready) == 0
    return ready.reports / "clu" / "2021-03-16"


def mail_of(pack):
    """Return the draft, its plain and HTML bodies, its attachments by name."""
    mail = email.message_from_bytes(
        (pack / "invitation.eml").read_bytes(), policy=email.policy.default
    )
    bodies = [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]
    parts = {part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()}
    return mail, bodies, parts


def figures_of(project, place, **wanted):
    """Return the lines of a figures file that have the values wanted."""
    path = project.reports / "2020-11" / f"{place}.chiffres.csv"
    lines = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=";")
    return [line for line in lines if wanted.items() <= line.items()]


@pytest.mark.lent
def test_the_pack_holds_what_the_agenda_names(ready, pack):
    _, (text, _), parts = mail_of(pack)
    pages = {name for name in parts if name.endswith(".html")}

    assert len(pages) == 11  # the agenda, the joint report, three reports for three sites
    assert {"question.txt", "reunion.ics"} < set(parts)
    assert all((pack / name).read_bytes() == content for name, content in parts.items())
    made = ready.reports / "2020-11/evry/10_satisfaction.html"
    assert parts["clu-2021-03-16_evry_satisfaction.html"] == made.read_bytes()
    assert not any(b"<script" in parts[name] for name in pages)  # no interactive page
    assert len((pack / "invitation.eml").read_bytes()) <= 2_500_000
    assert "Diaporama de la réunion (diaporama.p" in text
    facts = json.loads((pack / "dossier.json").read_text(encoding="utf-8"))
    assert facts["a_envoyer_avant"] == "2021-03-01"
    assert set(facts["fichiers"]) == {path.name for path in pack.iterdir()} - {"dossier.json"}


def test_the_mail_says_the_main_figures_as_the_reports_do(ready, pack):
    """Numbers are those of the figures files, rounded by the rule of the pages."""
    _, bodies, _ = mail_of(pack)
    names = {"evry": "Évry", "etampes": "Étampes", "palaiseau": "Palaiseau"}
    asked, shares = [], []
    for site, name in names.items():
        place = f"{site}/10_satisfaction"
        count = figures_of(ready, place, indicateur="repondants", libelle=CAMPAIGN)[0]
        main = figures_of(ready, place, section="chiffres-cles")[0]
        share, low, high = (
            round(100 * float(main[key].replace(",", "."))) for key in ("valeur", "bas", "haut")
        )
        asked.append((name, int(float(count["valeur"].replace(",", ".")))))
        shares.append(f"{name}, {share} % (entre {low} et {high} %)")
    counts = " ; ".join(f"{name}, {count}" for name, count in asked)
    for body in bodies:
        told = re.sub(r"\s+", " ", body)
        assert f"{sum(count for _, count in asked)} usagers ont répondu : {counts}." in told
        assert f"Usagers satisfaits dans l’ensemble : {' ; '.join(shares)}." in told
        assert "3 changements établis depuis la campagne précédente. Évry : temps d’attente" in told
        assert "Engagements prouvés : Évry, 13 sur 29 ; Étampes, 8 sur 21 ; Palaiseau, 5" in told


@pytest.mark.skipif(not shutil.which("chromium"), reason="navigateur absent")
def test_no_number_of_the_pack_has_more_digits_than_readers_need(pack):
    """The two bodies of the mail, the pages, the minutes to fill in: each text of each."""
    _, (plain, html), _ = mail_of(pack)
    pages = [html]
    pages += [path.read_text(encoding="utf-8") for path in sorted(pack.glob("*.html"))]
    said = [text for page in pages for text in lxml.html.fromstring(page).body.itertext()]
    said += plain.splitlines()
    minutes = docx.Document(pack / "compte-rendu.docx")
    said += [one.text for one in minutes.paragraphs]
    said += [cell.text for one in minutes.tables for row in one.rows for cell in row.cells]
    said.append((pack / "question.txt").read_text(encoding="utf-8"))

    assert len(said) > 1_000
    assert [text for text in said if long_numbers(text)] == []


@pytest.mark.skipif(not shutil.which("chromium"), reason="navigateur absent")
def test_every_document_is_printed_and_its_pdf_comes_first(ready, pack):
    _, (text, _), parts = mail_of(pack)
    named = re.findall(r"clu-2021-03-16_[a-z_-]+\.\w+", text)

    assert named == [name for name in parts if name.startswith("clu-")]
    assert [name.rpartition(".")[2] for name in named] == ["pdf", "html"] * 11
    assert [one.rpartition(".")[0] for one in named[::2]] == [
        one.rpartition(".")[0] for one in named[1::2]
    ]
    made = ready.reports / "2020-11/evry/10_satisfaction.pdf"
    assert parts["clu-2021-03-16_evry_satisfaction.pdf"] == made.read_bytes()
    show = pptx.Presentation(str(pack / "diaporama.pptx"))
    with pikepdf.open(pack / "diaporama.pdf") as pages:
        assert len(pages.pages) == len(show.slides)


def test_a_member_reads_the_whole_pack(pack):
    """
    Nine thousand words with the reports of three sites: what proves is elsewhere.

    What users wrote is counted apart, as in the reports.
    """
    counts = {}
    for path in pack.glob("*.html"):
        (body,) = lxml.html.parse(str(path)).getroot().xpath("//body")
        rest, _ = readback.remarks_apart(body)
        counts[path.stem.partition("_")[2]] = len(readback.words(rest))
    told = {name: n for name, n in counts.items() if not name.endswith("_satisfaction")}

    assert len(counts) == 11
    assert sum(counts.values()) <= 9_600, counts
    # The joint report also has other publics, the months and the register.
    assert all(n <= (1_350 if "synthese" in name else 1_200) for name, n in told.items()), counts


@pytest.mark.skipif(not shutil.which("chromium"), reason="navigateur absent")
def test_entries_of_the_agenda_lead_to_the_files_beside(pack):
    page = lxml.html.parse(str(pack / "clu-2021-03-16_ordre-du-jour.html")).getroot()
    names = list(page.xpath("//table//a/@href"))
    wanted = [
        f"clu-2021-03-16_{site}_{name}.pdf"
        for name in ("satisfaction", "enquete_mystere", "labellisation")
        for site in ("evry", "etampes", "palaiseau")
    ]

    assert names == ["clu-2021-03-16_ensemble_synthese_clu.pdf", *wanted]
    assert all((pack / name).is_file() for name in names)
    with pikepdf.open(pack / "clu-2021-03-16_ordre-du-jour.pdf") as printed:
        found = {str(note.A.F) for one in printed.pages for note in one.get("/Annots", ())}
    assert found == set(names)
    assert [int(one.tag[1]) for one in page.xpath("//h1|//h2|//h3")] == [1, 2, 2, 2, 2]


@pytest.mark.nuit
def test_pages_stay_out_of_the_mail_when_that_is_asked_and_there_is_a_pdf(
    ready, pack, monkeypatch, capsys
):
    """Without results, which say nothing of what is attached: the slides are three."""
    monkeypatch.setattr(packing, "results_of", lambda _: None)
    browser = shutil.which("chromium")
    assert prepare(ready, "--sans-html") == 0
    _, bodies, parts = mail_of(pack)
    assert any(name.endswith(".html") for name in parts) == (browser is None)
    assert all(("(.html)" in body) == (browser is None) for body in bodies)
    assert not any("chiffres à retenir" in body for body in bodies)
    capsys.readouterr()

    monkeypatch.setattr("qpref.cli.sending.find_browser", lambda _: None)
    assert prepare(ready, "--sans-html") == 0
    _, bodies, parts = mail_of(pack)
    assert not any(name.endswith(".pdf") for name in parts)
    assert sum(name.endswith(".html") for name in parts) == 11
    assert not any("PDF" in body for body in bodies)
    assert capsys.readouterr().err.count("Aucun PDF") == 1
    monkeypatch.undo()
    assert prepare(ready) == 0


def test_the_slide_show_opens_with_the_agenda_and_the_agreements(pack):
    """Three sites: from twelve to twenty slides."""
    show = pptx.Presentation(str(pack / "diaporama.pptx"))
    titles = [slide.shapes.title.text.replace("\xa0", " ") for slide in show.slides]

    assert 12 <= len(titles) <= 24
    assert titles[1:3] == ["6 points à l’ordre du jour", "3 accords tenus sur 5"]
    assert "1 question reçue" in titles


def test_a_meeting_without_items_is_prepared_and_the_command_says_so(ready, tmp_path, capsys):
    project = copied(ready, tmp_path / "projet")
    lines = ("date: 2021-04-20", "heure: 14h30", "lieu: Salle A", "fictif: oui", "sites: [evry]")
    (project.committee / "2021-04-20.yml").write_text("\n".join(lines), encoding="utf-8")

    assert call(project, "clu", "preparer", "--reunion", "2021-04", "--jour", "2021-04-01") == 0
    told = " ".join(capsys.readouterr().out.replace("\xa0", " ").split())
    assert "Aucun point à l’ordre du jour, donc aucun rapport joint" in told
    show = pptx.Presentation(str(project.reports / "clu" / "2021-04-20" / "diaporama.pptx"))
    assert not any("ordre du jour" in slide.shapes.title.text for slide in show.slides)


def test_the_agenda_says_what_was_kept_and_answers_with_figures(ready, pack):
    page = lxml.html.parse(str(pack / "clu-2021-03-16_ordre-du-jour.html")).getroot()
    text = re.sub(r"\s+", " ", page.text_content())
    report = ready.reports / "2020-11/evry/10_satisfaction.chiffres.csv"
    lines = csv.DictReader(io.StringIO(report.read_text(encoding="utf-8-sig")), delimiter=";")
    main = next(line for line in lines if line["section"] == "chiffres-cles")
    low, high = (round(100 * float(main[name].replace(",", "."))) for name in ("bas", "haut"))

    for told in (
        "3 accords tenus sur 5",
        "213 usagers ont répondu (campagne 2020-11), 200 promis.",
        "4 membres sur 7 acceptent de partager leur adresse",
        "prochaine le 16 mars 2021",
        "novembre-décembre 2020 : 213 réponses",
        f"Satisfaction globale : 77 %, entre {low} % et {high} %, 210 avis",
        "1 catégorie d’usagers sans représentant : entreprises",
        "Données fictives",
    ):
        assert told in text, told
    assert "clu.example" not in text
    assert not page.xpath("//script|//img[starts-with(@src, 'http')]")


def test_the_minutes_are_ready_to_fill(pack):
    book = docx.Document(io.BytesIO((pack / "compte-rendu.docx").read_bytes()))
    headings = [p.text for p in book.paragraphs if p.style.name.startswith("Heading")]

    assert headings[0] == "Participants"
    assert "Satisfaction des usagers, site par site" in headings
    assert headings[-1] == "Prochaine réunion"
    cells = [cell.text for row in book.tables[2].rows for cell in row.cells]
    assert "Interroger davantage d’usagers à Évry : au moins 200" in cells
    assert "Tenu" in cells
    lang = book.styles.element.xpath("//w:rPrDefault//w:lang")[0]
    assert lang.values()[0] == "fr-FR"


@pytest.fixture
def archived(ready, pack):  # noqa: ARG001 - the pack is what was kept
    """The last edition of the meeting's archive; what a test changes is put back."""
    edition = editions(ready, "2021-03-16")[-1]
    before = {path: path.read_bytes() for path in edition.folder.rglob("*") if path.is_file()}
    yield edition
    for path, content in before.items():
        path.write_bytes(content)
    for path in ready.reports.glob("*/erratum-*"):
        path.unlink()


def rewrite(edition, name, change):
    """Change a file of an archive as if it had been kept so."""
    path = edition.folder / name
    content = change(path.read_text(encoding="utf-8-sig")).encode()
    manifest = edition.folder / "archive.json"
    facts = json.loads(manifest.read_text(encoding="utf-8"))
    facts["fichiers"][name] = hashlib.sha256(content).hexdigest()
    path.write_bytes(content)
    manifest.write_text(json.dumps(facts), encoding="utf-8")


def errata(project):
    return sorted(project.reports.glob("*/erratum-*.html"))


def test_the_pack_was_kept_before_it_left(ready, archived, capsys):
    facts = archived.facts
    kept = archived.output("evry/10_satisfaction", ".chiffres.csv").read_bytes()

    assert kept == (ready.reports / "2020-11/evry/10_satisfaction.chiffres.csv").read_bytes()
    assert len(facts.rapports) == 10
    page = (ready.reports / "2020-11/evry/10_satisfaction.html").read_bytes()
    name = "clu-2021-03-16_evry_satisfaction.html"
    assert facts.documents[name] == hashlib.sha256(page).hexdigest()
    assert not {n for n in facts.documents if not n.endswith((".html", ".pdf", ".pptx"))}
    assert call(ready, "verifier", "--erratum") == 0
    assert "pas d’erratum" in capsys.readouterr().out.replace("\n", " ")
    assert errata(ready) == []


def test_another_method_is_told_to_the_committee_figure_by_figure(ready, archived, capsys):
    """The archive is made to say what an earlier method would have: 77 % was 71 %, no verdict."""
    name = "evry/10_satisfaction"
    rewrite(
        archived, f"{name}.provenance.json", lambda t: re.sub(r'"methode": ?\d+', '"methode":1', t)
    )

    def earlier(text):
        rows = [*csv.DictReader(io.StringIO(text), delimiter=";")]
        for row in rows:
            if row["section"] == row["indicateur"] == "global" and row["groupe"] == "satisfaits":
                row["valeur"] = "0,7123"
        out = io.StringIO()
        book = csv.DictWriter(out, [*rows[0]], delimiter=";")
        book.writeheader()
        book.writerows(rows)
        return out.getvalue()

    rewrite(archived, f"{name}.chiffres.csv", earlier)

    assert call(ready, "rapports", "--campagne", "2020-11") == 0
    told = capsys.readouterr().err.replace("\n", " ")
    assert "1\u00a0chiffre publié n’est plus le même, dans 1\u00a0rapport" in told
    assert "qpref verifier --campagne 2020-11" in told
    page = str(ready.reports / "2020-11/evry/10_satisfaction.html")
    assert call(ready, "verifier", page) == PublishedFigureError.exit_code
    said = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert "publié « 71 %" in said
    assert "maintenant « 77 %" in said
    assert f"méthode changée (1 → {METHOD})" in said

    assert call(ready, "verifier", "--erratum") == 0
    (path,) = errata(ready)
    tree = lxml.html.parse(str(path)).getroot()
    text = re.sub(r"\s+", " ", tree.text_content())
    for words in (
        "Erratum",
        "16 mars 2021",
        "71 %",
        "77 %",
        "Pourquoi",
        METHODS[2],
        "Données fictives",
    ):
        assert words in text, words
    assert not tree.xpath("//script|//@src[starts-with(., 'http')]|//link")
    assert len(tree.xpath("//h1")) == 1
    assert tree.get("lang") == "fr"
    assert tree.xpath("//table/caption")
    assert tree.xpath("//th[@scope]")

    content = path.read_bytes()
    assert call(ready, "verifier", "--erratum") == 0
    assert "déjà écrit" in capsys.readouterr().out
    assert errata(ready) == [path]
    assert path.read_bytes() == content


@pytest.mark.usefixtures("archived")
def test_an_erratum_is_never_drawn_from_a_report_that_is_not_up_to_date(ready, capsys):
    path = ready.reports / "2020-11/evry/10_satisfaction.html"
    before = path.read_bytes()
    path.write_bytes(before + b" ")
    code = call(ready, "verifier", "--erratum")
    path.write_bytes(before)

    assert code == DifferenceError.exit_code
    assert "evry, 10_satisfaction" in capsys.readouterr().err.replace("\n", " ")
    assert errata(ready) == []


@pytest.mark.nuit
@pytest.mark.usefixtures("made_again")
def test_nothing_is_made_again_and_the_same_day_gives_the_same_mail(ready, pack):
    first = (pack / "invitation.eml").read_bytes()
    journal = (ready.reports / "2020-11/evry/10_satisfaction.provenance.json").stat().st_mtime_ns

    assert prepare(ready) == 0

    after = (ready.reports / "2020-11/evry/10_satisfaction.provenance.json").stat().st_mtime_ns
    assert after == journal
    assert (pack / "invitation.eml").read_bytes() == first
    assert not [p for p in pack.parent.iterdir() if p.name.startswith(".")]


@pytest.mark.lent
def test_one_draft_a_member(ready, pack):
    assert prepare(ready, "--un-par-membre") == 0
    drafts = sorted(pack.glob("*.eml"))
    assert len(drafts) == 7
    for path in drafts:
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert len(mail["To"].addresses) == 1
        assert "Bcc" not in mail
    assert prepare(ready) == 0
    assert [path.name for path in pack.glob("*.eml")] == ["invitation.eml"]


@pytest.mark.nuit
def test_archives_hold_nobody_and_outlive_a_purge(ready, pack):
    """Each member, what members asked and every draft are canaries; the archive knows none."""
    members = load_members(ready.committee / "membres.yml").membres
    meeting = (ready.committee / "2021-03-16.yml").read_text(encoding="utf-8")
    assert "une association de retraités" in meeting
    canaries = [*(m.courriel for m in members), *(m.organisation for m in members),
                "une association de retraités", "Combien d’usagers ont été interrogés",
                "clu.example", "Subject:", "To:"]  # fmt: skip
    assert prepare(ready, "--un-par-membre") == 0
    assert prepare(ready) == 0
    kept = {path: path.read_bytes() for path in ready.archives.rglob("*") if path.is_file()}

    assert kept
    for path, content in kept.items():
        for canary in canaries:
            assert canary.encode() not in content, (path.name, canary)
    addresses, drafts = ready.committee / "membres.yml", [*pack.glob("*.eml")]
    text = addresses.read_text(encoding="utf-8")
    addresses.write_text(text.replace("2099-12-31", "2021-02-28"), encoding="utf-8")
    assert call(ready, "purger", "--jour", DAY) == 0
    assert not any(path.exists() for path in (addresses, *drafts))
    addresses.write_text(text, encoding="utf-8")
    assert {path: path.read_bytes() for path in kept} == kept
    assert prepare(ready) == 0


def test_a_mail_too_heavy_is_refused_by_name_and_the_old_pack_stays(ready, pack, capsys):
    path = ready.committee / "2021-03-16.yml"
    text = path.read_text(encoding="utf-8")
    before = (pack / "dossier.json").read_bytes()
    path.write_text(text.replace("taille_max_ko: 5000", "taille_max_ko: 300"), encoding="utf-8")

    assert prepare(ready) == TooHeavyError.exit_code

    path.write_text(text, encoding="utf-8")
    said = capsys.readouterr().err
    assert "la limite est de 300 ko" in said
    assert "_satisfaction." in said
    assert (pack / "dossier.json").read_bytes() == before


def test_a_template_that_does_not_serve_is_refused_and_the_old_pack_stays(ready, pack, capsys):
    before = (pack / "dossier.json").read_bytes()

    assert prepare(ready, "--modele", str(ready.root / "absent.pptx")) == TemplateError.exit_code
    assert "absent.pptx » : fichier absent." in capsys.readouterr().err.replace("\n", " ")
    assert (pack / "dossier.json").read_bytes() == before


@pytest.mark.nuit
def test_a_slide_show_too_heavy_stays_in_the_pack_and_is_not_announced(ready, pack, capsys):
    """The limit is a byte under what the mail weighs with the slide show."""
    path = ready.committee / "2021-03-16.yml"
    text = path.read_text(encoding="utf-8")
    limit = (len((pack / "invitation.eml").read_bytes()) - 1) // 1000
    path.write_text(text.replace("taille_max_ko: 5000", f"taille_max_ko: {limit}"), "utf-8")

    assert prepare(ready) == 0

    path.write_text(text, encoding="utf-8")
    mail = email.message_from_bytes(
        (pack / "invitation.eml").read_bytes(), policy=email.policy.default
    )
    assert "diaporama.pptx" not in {part.get_filename() for part in mail.iter_attachments()}
    assert "iaporama" not in mail.get_body(("plain",)).get_content()
    assert (pack / "diaporama.pptx").exists()
    assert "Diaporama, dans le dossier seulement" in capsys.readouterr().out
    assert prepare(ready) == 0


@pytest.mark.lent
def test_mistakes_are_told(ready, pack, capsys):
    path = ready.committee / "2021-03-16.yml"
    text = path.read_text(encoding="utf-8")
    cases = [
        ("documents: [ensemble/40_synthese_clu]", "documents: [ensemble/41_x]", 5),
        ("indicateur: global,", "indicateur: globall,", MissingDataError.exit_code),
        ("sites: [evry,", "sites: [ivry,", ReferenceFileError.exit_code),
    ]
    before = (pack / "dossier.json").read_bytes()
    for old, new, code in cases:
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        assert prepare(ready) == code
    path.write_text(text, encoding="utf-8")
    assert (pack / "dossier.json").read_bytes() == before
    assert call(ready, "clu", "preparer", "--reunion", "2031") == MissingDataError.exit_code
    assert call(ready, "clu", "preparer", "--jour", "demain") == UsageError.exit_code
    assert "Traceback" not in capsys.readouterr().err


def test_the_follow_up_is_a_table_and_json(ready, capsys):
    command = ["clu", "suivi", "--jour", "2021-03-02", "--json"]
    assert call(ready, *command) == 0
    found = json.loads(capsys.readouterr().out)
    states = {row["accord"]: row["etat"] for row in found["accords"]}
    assert states == {
        "supports": "en_retard",
        "visites": "en_cours",
        "usagers-evry": "tenu",
        "adresses": "tenu",
        "reunion-annuelle": "tenu",
    }
    assert found["accords"][0]["accord"] == "supports"
    assert call(ready, *command[:-1]) == 0
    assert "En retard" in capsys.readouterr().out


@pytest.mark.lent
def test_sending_asks_then_sends_and_is_told_in_the_follow_up(ready, serve, capsys, monkeypatch):  # noqa: F811
    server, relay = serve(refused=["maire-sud"])
    (ready.committee / "envoi.yml").write_text(
        f"serveur: 127.0.0.1\nport: {relay.port}\nchiffrement: aucun\nexpediteur: {SENDER}\n",
        encoding="utf-8",
    )
    monkeypatch.setattr("click.confirm", lambda *_, **__: pytest.fail("asked"))
    with pytest.raises(pytest.fail.Exception):
        prepare(ready, "--envoyer")
    assert server.received == []

    assert prepare(ready, "--envoyer", "--oui") == SendingError.exit_code
    assert "maire-sud : 550 boîte inconnue" in capsys.readouterr().err
    assert len(server.received) == 6
    server.refused.clear()
    assert prepare(ready, "--envoyer", "--oui") == 0
    assert len(server.received) == 7
    assert "1 courriel(s) parti(s), 6 déjà parti(s), sur 7." in capsys.readouterr().out
    for recipients, content in server.received:
        mail = email.message_from_bytes(content, policy=email.policy.default)
        assert [a.addr_spec for a in mail["To"].addresses] == recipients
        assert len(re.findall(rb"@clu\.example", content)) == 1
    call(ready, "clu", "suivi", "--json")
    rows = json.loads(capsys.readouterr().out)["accords"]
    assert "Documents envoyés le" in {r["accord"]: r["constat"] for r in rows}["supports"]
    shutil.rmtree(ready.archives / "2021-03-16" / "envois")


@pytest.mark.nuit
def test_a_question_is_kept_and_printed(ready, tmp_path, capsys):
    path = tmp_path / "retour.txt"
    path.write_text("Au nom de : une commune\nMa question : Quels horaires ?\n", encoding="utf-8")

    assert call(ready, "clu", "question", str(path), "--reunion", "2021-03", "--jour", DAY) == 0
    assert "1 question(s) ajoutée(s)" in capsys.readouterr().out
    assert prepare(ready) == 0
    page = ready.reports / "clu/2021-03-16/clu-2021-03-16_ordre-du-jour.html"
    assert "Quels horaires" in page.read_text(encoding="utf-8")
    (ready.committee / "2021-03-16.questions.yml").unlink()


@pytest.mark.nuit
def test_addresses_past_their_date_are_refused_then_purged(ready, capsys):
    path = ready.committee / "membres.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("2099-12-31", "2021-02-28"), encoding="utf-8")
    drafts = [*ready.reports.glob("clu/*/*.eml")]
    assert drafts

    assert prepare(ready) == MissingDataError.exit_code
    assert "La conservation des adresses" in capsys.readouterr().err
    assert call(ready, "purger", "--jour", "2021-02-28") == 0
    assert "Rien à supprimer" in capsys.readouterr().out
    assert call(ready, "purger", "--jour", DAY, "--plan") == 0
    assert path.exists()
    assert call(ready, "purger", "--jour", DAY) == 0
    assert not path.exists()
    assert not any(draft.exists() for draft in drafts)
    log = (ready.committee / "purges.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["nature"] for line in log} == {
        "adresses des membres", "brouillon de courriel"
    }  # fmt: skip
    path.write_text(text, encoding="utf-8")


@pytest.mark.nuit
def test_received_files_past_their_date_are_purged_by_what_they_hold(ready, example, capsys):
    """The same bytes under any name, and nothing else."""
    ready.received.mkdir(parents=True, exist_ok=True)
    old, new = ready.received / "renomme.csv", ready.received / "garde.csv"
    shutil.copy(example / "2019-11" / "results-survey_2019-11.csv", old)
    shutil.copy(example / "2020-11" / "results-survey_2020-11.csv", new)
    path = ready.reference / "campagnes.yml"
    text = path.read_text(encoding="utf-8")
    until = "    conserver_recus_jusqu_au: 2021-01-31\n"
    path.write_text(
        text.replace("  - id: 2019-11\n", f"  - id: 2019-11\n{until}"), encoding="utf-8"
    )

    assert call(ready, "purger", "--jour", "2021-02-01") == 0

    path.write_text(text, encoding="utf-8")
    assert "renomme.csv : fichier reçu" in capsys.readouterr().out
    assert (old.exists(), new.exists()) == (False, True)


def test_names_are_ascii():
    assert ascii_name(make_meeting(), "evry/10_satisfaction") == "clu-2021-03-16_evry_satisfaction"
    assert ascii_name(make_meeting(), "ordre-du-jour") == "clu-2021-03-16_ordre-du-jour"
