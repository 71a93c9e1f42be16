"""JupyterLab as an analyst has it: in French, every notebook run by the menu, nothing fetched."""

import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import expect

from tests.browser.menus import NUMBERED, begin_all, waited
from tests.conftest import PATIENCE, ROOT, copied, wait_until
from tests.docs.test_first_hour import write_answers

NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
OWN = re.compile(r"(https?|wss?)://127\.0\.0\.1[:/]|data:|blob:|about:")
WAIT = PATIENCE * 1000  # milliseconds
NUMBER = re.compile(r"\[\d+\]")


class Lab:
    """A running workbench: where it is, and what its pages asked for and complained of."""

    def __init__(self, address, pid, beside):
        self.address, self.pid, self.beside = address, pid, beside
        self.outside, self.complaints = [], []

    def url(self, notebook):
        """Without reset, JupyterLab opens again what was open before."""
        return self.address.replace("00_accueil", notebook) + "&reset"

    def watch(self, page):
        page.on("request", self._asked)
        page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _asked(self, request):
        if not OWN.match(request.url):
            self.outside.append(request.url)

    def answers(self):
        """Whether the server listens; it tells its address before it does."""
        with contextlib.suppress(OSError):
            return isinstance(json.loads(self._ask("GET", "/api/kernels")), list)
        return False

    def is_ready(self, notebook):
        """Whether a page is connected to a kernel of the notebook that has nothing to do."""
        kernels = [one["kernel"] for one in self.sessions() if notebook in one["path"]]
        return any(k["execution_state"] == "idle" and k["connections"] for k in kernels)

    def sessions(self):
        found = json.loads(self._ask("GET", "/api/sessions"))
        return found if isinstance(found, list) else []  # a message: the server is not ready

    def end(self, sessions):
        for session in sessions:
            self._ask("DELETE", f"/api/sessions/{session['id']}")

    def _ask(self, method, path):
        base, token = urlsplit(self.address), self.address.split("token=")[1]
        line = http.client.HTTPConnection(base.hostname, base.port)
        line.request(method, path, headers={"Authorization": f"token {token}"})
        content = line.getresponse().read()
        line.close()
        return content


def free_port():
    """Return a port of its own: another workbench of this machine may begin at the usual one."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as line:
        return line.getsockname()[1]


@pytest.fixture(scope="module")
def lab(filled, tmp_path_factory):
    """`qpref labo` on a copy of the example, as the command starts it, with an empty home."""
    folder = tmp_path_factory.mktemp("labo")
    project = copied(filled, folder)
    command = [sys.executable, "-m", "qpref", "--racine", str(project.root)]
    surroundings = {**os.environ, "HOME": str(folder), "PYTHONUTF8": "1"}
    surroundings.pop("QPREF_RACINE", None)
    server = subprocess.Popen(
        [*command, "labo", "--sans-navigateur", "--port", str(free_port())],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=surroundings,
    )  # fmt: skip
    lines = []
    for line in server.stderr:
        lines.append(line)
        found = re.search(r"http://127\.0\.0\.1:\d+/lab\S*token=\w+", line)
        if found:
            break
    else:
        pytest.fail("".join(lines))
    threading.Thread(target=server.stderr.read, daemon=True).start()
    running = Lab(found.group(), server.pid, project.root.parent)
    assert wait_until(running.answers)
    yield running
    family = [*psutil.Process(server.pid).children(recursive=True), server]
    server.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(20)  # it may wait for ever for a kernel that was told to end as it began
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    server.wait()
    server.stderr.close()


@contextlib.contextmanager
def page_of(browser, lab):
    """Give a page of its own: leaving a notebook that was run asks whether to save it."""
    before = lab.sessions()
    lab.complaints.clear()  # of another page: a report shown in a frame is no notebook
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    opened = context.new_page()
    lab.watch(opened)
    yield opened
    context.close()
    lab.end(one for one in lab.sessions() if one["id"] not in {known["id"] for known in before})


@pytest.fixture
def page(browser, lab):
    with page_of(browser, lab) as opened:
        yield opened


@pytest.fixture(scope="module")
def home(browser, lab):
    """The page that the workbench opens on, its notebook run: for what leaves it usable."""
    with page_of(browser, lab) as opened:
        opened.goto(f"{lab.address}&reset")
        opened.wait_for_selector(".lm-TabBar-tabLabel >> text=00_accueil.ipynb", timeout=WAIT)
        run_all(opened, lab, "00_accueil")
        yield opened


def run_all(page, lab, notebook):
    """Run the notebook on show by the menu; return when every cell has its number."""
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=WAIT)
    page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]', timeout=WAIT)
    assert wait_until(lambda: lab.is_ready(notebook))
    begin_all(page)
    page.wait_for_function(NUMBERED, timeout=WAIT)
    said = page.locator(".jp-OutputArea-output[data-mime-type*=stderr], .jp-RenderedError")
    assert said.all_text_contents() == []


@pytest.mark.nuit
@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_every_notebook_runs_by_the_menu(page, lab, captured, notebook):
    page.goto(lab.url(notebook))
    run_all(page, lab, notebook)

    captured(page, f"labo_{notebook}")
    assert (lab.outside, lab.complaints) == ([], [])


@pytest.mark.nuit
def test_the_interface_is_french_and_opens_on_the_home_page(home, lab):
    menus = home.locator(".lm-MenuBar-itemLabel").all_text_contents()

    assert menus[:5] == ["Fichier", "Édition", "Affichage", "Exécution", "Noyau"]
    text = home.locator(
        ".jp-OutputArea", has_text=re.compile(r"à jour sur [1-9]")
    ).first.inner_text()
    assert "jamais fait" in text
    assert (lab.outside, lab.complaints) == ([], [])


@pytest.mark.nuit
def test_a_selector_changes_what_is_shown_in_two_forms(page, lab, captured):
    page.goto(lab.url("00_explorer"))
    run_all(page, lab, "00_explorer")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Home")
    chosen = page.locator(".widget-dropdown select")
    title, drawn = (
        page.locator(".widget-html .qpref-labo h3"),
        page.locator(".widget-output .gtitle"),
    )

    for rank, label, told in (
        (2, "Temps d’attente", "Temps d’attente"),
        (3, "Motif de la visite", "Temps d’attente, par motif de la visite"),
        (0, "Étampes", "Temps d’attente, par motif de la visite"),
        (3, "les sites", "Temps d’attente, par site"),
        (2, "Satisfaction globale", "Satisfaction globale, par site"),
    ):
        chosen.nth(rank).select_option(label=label)
        expect(title).to_contain_text(told, timeout=WAIT)
        expect(drawn).to_have_count(0)
    captured(page, "labo_selecteurs")
    page.get_by_role("button", name="Figure à survoler").click()
    expect(drawn).to_contain_text("Satisfaction globale, par site", timeout=WAIT)
    expect(title).to_have_count(0)
    assert (lab.outside, lab.complaints) == ([], [])


# Text of outputs that is on show, in words and in drawings, with what its colours are worth: WCAG's
# contrast, colours that let others through composed; what is disabled is not concerned.
CONTRASTS = """() => {
  const rgb = text => (text.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, rank) => sum + v * [0.2126, 0.7152, 0.0722][rank], 0);
  const over = (own, behind) => [0, 1, 2].map(k => own[k] * own[3] + behind[k] * (1 - own[3]));
  const full = own => own.length < 4 ? [...own, 1] : own;
  const ground = node => {
    const layers = [];
    for (let one = node; one; one = one.parentElement) {
      layers.push(full(rgb(getComputedStyle(one).backgroundColor)));
    }
    return layers.reverse().reduce((behind, own) => over(own, behind), [255, 255, 255]);
  };
  const faded = node => {
    let found = 1;
    for (let one = node; one; one = one.parentElement) found *= getComputedStyle(one).opacity;
    return found;
  };
  const said = node => [...node.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  return [...document.querySelectorAll('.jp-OutputArea-output *')]
    .filter(n => said(n) && n.getClientRects().length && !n.closest('.disabled, style, script'))
    .map(n => {
      const style = getComputedStyle(n), drawn = n.closest('svg');
      const under = ground(drawn ? drawn.parentElement : n), behind = light(under);
      const [r, g, b, a] = full(rgb(drawn ? style.fill : style.color));
      const alpha = a * (drawn ? style.fillOpacity : 1) * faded(n);
      const own = light(over([r, g, b, alpha], under));
      const [low, high] = [own, behind].sort((a, b) => a - b);
      return [n.textContent.trim(), Boolean(drawn), (high + 0.05) / (low + 0.05)];
    });
}"""


@pytest.mark.nuit
@pytest.mark.parametrize(("theme", "is_light"), [("Dark", "false"), ("Light", "true")])
def test_sections_and_plots_stand_out_in_both_themes(page, lab, captured, theme, is_light):
    base, token = lab.address.split("/lab")[0], lab.address.split("token=")[1]
    page.request.put(
        f"{base}/lab/api/settings/@jupyterlab/apputils-extension:themes",
        headers={"Authorization": f"token {token}"},
        data={"raw": json.dumps({"theme": f"JupyterLab {theme}"})},
    )
    page.set_viewport_size({"width": 1400, "height": 3000})
    page.goto(lab.url("00_explorer"))
    run_all(page, lab, "00_explorer")
    page.wait_for_selector(".js-plotly-plot .legendtext", state="attached", timeout=WAIT)
    assert page.evaluate("document.body.dataset.jpThemeLight") == is_light
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")

    found = page.evaluate(CONTRASTS)
    captured(page, f"labo_{theme.lower()}")
    assert len([one for one in found if one[1]]) > 20  # titles, axes, legends
    assert len([one for one in found if not one[1]]) > 40
    assert [one for one in found if one[2] < 4.5] == []


def press(page, label):
    """Press a button of the home page; return when its command has ended."""
    page.get_by_role("button", name=label, exact=True).click()
    busy = "l => [...document.querySelectorAll('button')].find(b => b.textContent === l).disabled"
    page.wait_for_function(busy, arg=label, timeout=WAIT)
    page.wait_for_function(busy.replace("=> [", "=> !["), arg=label, timeout=WAIT * 5)


@pytest.mark.nuit
def test_a_campaign_goes_by_buttons_alone(page, lab, captured, example):
    """A file dropped, read, corrected, followed; its reports made and one opened: no terminal."""
    page.goto(f"{lab.address}&reset")
    run_all(page, lab, "00_accueil")
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name=re.compile("Déposer des fichiers")).click()
    chosen.value.set_files(str(example / "2020-11" / "frequentation_2020-11.csv"))
    expect(page.locator("select[multiple] option:checked")).to_have_text(
        "frequentation_2020-11.csv", timeout=WAIT
    )
    press(page, "Importer")
    said = page.locator(".widget-html pre")
    expect(said.last).to_contain_text("lignes lues", timeout=WAIT)
    expect(page.locator("code").last).to_have_text(
        "qpref importer data/brut/frequentation_2020-11.csv --campagne 2020-11"
    )
    press(page, "Écrire le classeur")
    expect(page.get_by_role("link", name="Télécharger le classeur à remplir")).to_be_visible()
    press(page, "Où en est la collecte")
    press(page, "Faire les rapports")
    expect(page.get_by_text(re.compile(r"^(\d+)\srapports\sà\sjour\ssur\s\1$"))).to_be_visible(
        timeout=WAIT
    )
    captured(page, "labo_accueil")
    page.get_by_role("link", name="10_satisfaction, evry", exact=True).click()
    expect(page.frame_locator("iframe").locator("h1")).to_contain_text("satisfaits", timeout=WAIT)
    assert lab.outside == []


MEETING = """
date: 2026-11-20
heure: "14:30"
duree_minutes: 60
lieu: "préfecture, salle à préciser"
fictif: oui
sites: [evreux, bernay]
campagne: 2026-10
ordre_du_jour:
  - titre: "Résultats des deux sites"
    minutes: 20
    documents: [ensemble/40_synthese_clu, evreux/10_satisfaction, bernay/10_satisfaction]
"""
MEMBERS = """
fictif: oui
conserver_jusqu_au: '2099-12-31'
membres:
  - id: retraites
    organisation: Association de retraités (fictive)
    categorie: associations
    courriel: retraites@exemple.invalid
    echange_adresse: oui
"""


def dropped(page, label, path):
    """Drop a file in the place that a button opens."""
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name=re.compile(label)).click()
    chosen.value.set_files(str(path))


@pytest.mark.nuit
def test_a_project_goes_by_buttons_from_its_creation_to_the_pack(page, lab, captured, tmp_path):
    """Created from a form, a file dropped and accounted for, reports made, the pack prepared."""
    form, received = tmp_path / "formulaire.csv", tmp_path / "reponses.csv"
    write_answers(form, 120)
    write_answers(received, 240)
    page.goto(f"{lab.address}&reset")
    run_all(page, lab, "00_accueil")
    page.get_by_text("Créer un projet", exact=True).click()
    for label, text in (
        ("Dossier à créer", "eure"), ("Département", "Eure"), ("Ville de la préfecture", "Évreux"),
        ("Sous-préfectures", "Bernay"), ("Premier jour", "2026-10-01"),
        ("Dernier jour", "2026-10-28"), ("Nom de la campagne", "2026-10"),
    ):  # fmt: skip
        page.get_by_label(label, exact=True).fill(text)
        page.keyboard.press("Tab")
    page.get_by_label("Un CERT ?", exact=True).select_option(label="non")
    dropped(page, "Votre formulaire", form)
    expect(page.get_by_role("button", name=re.compile(r"Votre formulaire.*\(1\)"))).to_be_visible()
    press(page, "Créer le projet")
    expect(page.get_by_text(re.compile(r"eure\s:\s.*Bernay"))).to_be_visible(timeout=WAIT)
    assert "qpref projet creer" in page.locator("code").last.inner_text()
    captured(page, "labo_projet")

    dropped(page, "Déposer des fichiers", received)
    chosen = page.locator("select[multiple] option:checked")
    expect(chosen).to_have_text("reponses.csv", timeout=WAIT)
    press(page, "Importer")
    said = page.locator(".widget-html pre")
    expect(said.last).to_contain_text("240 lignes lues = 240 gardées", timeout=WAIT)
    committee = lab.beside / "eure" / "data" / "clu"  # by hand: the guide gives their form
    committee.mkdir(parents=True, exist_ok=True)
    (committee / "2026-11-20.yml").write_text(MEETING, encoding="utf-8")
    (committee / "membres.yml").write_text(MEMBERS, encoding="utf-8")
    press(page, "Faire les rapports")
    expect(page.get_by_role("link", name="10_satisfaction, evreux")).to_be_visible(timeout=WAIT)
    press(page, "Préparer le dossier")
    expect(page.locator("code").last).to_contain_text("qpref clu preparer")
    expect(said.last).to_contain_text("Archivé", timeout=WAIT)
    expect(said.last).to_contain_text("Diaporama de la réunion")
    page.get_by_role("heading", name="7. Préparer").scroll_into_view_if_needed()
    captured(page, "labo_dossier")
    assert (committee.parents[1] / "reports" / "clu").is_dir()
    assert lab.outside == []


@pytest.mark.nuit
def test_a_remark_is_coded_by_the_mouse_and_the_next_is_shown(page, lab, captured):
    """Proposed, corrected, confirmed; counted; its number masked; the command is shown."""
    page.goto(f"{lab.address}&reset")
    run_all(page, lab, "00_accueil")
    lab.complaints.clear()  # of widgets that another run may have saved in the notebook
    page.get_by_role("button", name="Montrer les remarques", exact=True).click()
    told = page.get_by_text(re.compile(r"^Remarque \d+ sur \d+"))
    expect(told).to_contain_text("Remarque 1 sur 90", timeout=WAIT)
    expect(told).to_contain_text("codées : 0 sur 90")
    step = page.locator(".widget-box", has=page.locator("blockquote")).last
    page.get_by_role("button", name="Suivante", exact=True).click()
    expect(told).to_contain_text("Remarque 2 sur 90", timeout=WAIT)
    page.get_by_role("button", name="Précédente", exact=True).click()
    expect(told).to_contain_text("Remarque 1 sur 90", timeout=WAIT)
    step.get_by_label("Locaux").check()
    press(page, "Confirmer")
    expect(told).to_contain_text("Remarque 2 sur 90", timeout=WAIT)
    expect(told).to_contain_text("codées : 1 sur 90")
    expect(page.locator("code").last).to_contain_text("--sujet locaux")
    page.get_by_role("heading", name="6. Faire").scroll_into_view_if_needed()
    captured(page, "labo_remarques")
    assert "01 99 00" not in page.content()
    assert (lab.outside, lab.complaints) == ([], [])


@pytest.mark.nuit
@pytest.mark.usefixtures("home")
def test_server_and_kernels_listen_to_this_machine_only(lab):
    server = psutil.Process(lab.pid)
    family = [server, *server.children(recursive=True)]
    open_ports = [
        link.laddr.ip
        for process in family
        for link in process.net_connections("inet")
        if link.status == psutil.CONN_LISTEN
    ]

    assert len(family) > 1  # a kernel is there
    assert len(open_ports) > 1
    assert set(open_ports) == {"127.0.0.1"}


def new_cell(page, text):
    """Type in a new cell at the end of the notebook; return the cell."""
    cells = page.locator(".jp-Notebook .jp-Cell")
    count = cells.count()
    cells.last.click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    expect(cells).to_have_count(count + 1, timeout=WAIT)
    page.keyboard.press("Enter")
    page.keyboard.insert_text(text)
    expect(cells.last).to_contain_text(text.splitlines()[0], timeout=WAIT)
    return cells.nth(count)


def executed(page, cell):
    """Run the cell until it is numbered: a kernel drops what it is asked just after a mistake."""
    for _ in range(20):
        cell.locator(".cm-content").click()
        page.keyboard.press("Control+Enter")
        with contextlib.suppress(AssertionError):
            expect(cell.locator(".jp-InputPrompt")).to_have_text(NUMBER, timeout=WAIT / 20)
            return
    pytest.fail("le noyau n’exécute pas la cellule")


@pytest.mark.nuit
def test_a_mistake_is_one_french_sentence(home):
    cell = new_cell(home, 'from qpref import ouvrir\nouvrir("evri", "2020-11")')
    home.keyboard.press("Control+Enter")
    answer = cell.locator(".jp-RenderedText[data-mime-type*=stderr]")
    answer.wait_for(timeout=WAIT)
    expect(cell.locator(".jp-InputPrompt")).to_have_text(NUMBER, timeout=WAIT)
    said = answer.inner_text()

    assert said.startswith("Erreur : Site : « evri » est inconnu.")
    assert "Vouliez-vous dire « evry » ?" in said
    assert "Traceback" not in said
    assert len(said.splitlines()) <= 3


def insist(page, key, text, answer):
    """Type again and press until the answer shows: one that comes after a move is dropped."""
    for _ in range(20):
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(text)
        page.keyboard.press(key)
        if waited(page, f"() => document.querySelector('{answer}')", 5):
            return page.locator(answer)
    return pytest.fail(f"« {text} » reste sans réponse")


@pytest.mark.nuit
def test_help_begins_in_french_and_completion_knows_the_names(home):
    executed(home, new_cell(home, 'from qpref import ouvrir\ne = ouvrir("evry", "2020-11")'))
    home.keyboard.press("Enter")
    told = insist(home, "Shift+Tab", "e.croiser", ".jp-Tooltip").inner_text()
    assert "Croise les réponses à une question" in told
    home.keyboard.press("Escape")
    home.keyboard.press("Enter")
    names = insist(home, "Tab", "e.taux_", ".jp-Completer-item").all_text_contents()
    assert any("taux_de_reponse" in name for name in names)
