"""The home page: each step of a campaign, from files received to the committee, by its button.

Nothing is computed here: each button runs a command (`qpref.labo.running`), and says which.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ipywidgets as widgets
from markupsafe import Markup

from qpref.errors import QprefError, UsageError
from qpref.intake import SUFFIXES
from qpref.intake.folders import Looking, contents
from qpref.labo.creating import Creating
from qpref.labo.parts import FITTED, WIDE, Shown, offer, row, sentence, show, step
from qpref.labo.remarks import RemarkSelector
from qpref.labo.running import Running
from qpref.labo.state import link, reports_of, told
from qpref.project import Project, write_atomically
from qpref.reference import load_reference
from qpref.reference.checking import MEMBERS
from qpref.reference.meetings import meeting_files
from qpref.written import Kind, put_beside

_ANY, _BACK = "", "rendues"
_ORDERS = [("le jour et le mois se devinent", _ANY), ("jour-mois", "jour-mois"),
           ("mois-jour", "mois-jour")]  # fmt: skip


def accueil(racine: str | Path | None = None) -> widgets.VBox:
    """
    Ouvre la page d’accueil : chaque étape d’une campagne, et son bouton.

    Chaque bouton lance une commande de qpref, et la montre : un terminal ferait la même chose.

    Parameters
    ----------
    racine
        Dossier du projet ; par défaut, trouvé à partir du dossier de travail.
    """
    return _Home(Project.find(Path(racine) if racine else None)).box


class _Home:
    """The steps, the project that they act on, and the campaign chosen."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._buttons: list[widgets.Button] = []
        self._campaign = widgets.Dropdown(description="Campagne", layout=WIDE)
        self._site = widgets.Dropdown(description="Site", layout=WIDE)
        self._order = widgets.Dropdown(options=_ORDERS, description="Dates", layout=WIDE)
        self._drop = widgets.FileUpload(
            multiple=True,
            accept=",".join(SUFFIXES),
            description="Déposer des fichiers",
            layout=FITTED,
        )
        self._replaces = widgets.Checkbox(description="remplacer un fichier de même nom (corrigé)",
                                          indent=False, layout=WIDE)  # fmt: skip
        self._received = widgets.SelectMultiple(description="À importer", rows=6, layout=WIDE)
        self._mended = widgets.FileUpload(
            accept=".xlsx", description="Rendre le classeur rempli", layout=FITTED
        )
        self._with_pdf = widgets.Checkbox(description="avec un PDF de chaque rapport", indent=False,
                                          layout=WIDE)  # fmt: skip
        self._meeting = widgets.Dropdown(description="Réunion", layout=WIDE)
        self._members = widgets.Dropdown(description="Membres", layout=WIDE)
        self._where, self._state = widgets.HTML(), widgets.Output()
        self._drop.observe(self._take, names="value")
        self._campaign.observe(lambda _: self._refresh(), names="value")
        self._intake, self._book = Running(), widgets.Output()
        steps = [self._choose(), self._files(), self._correct(), self._follow(), self._code(),
                 self._make(), self._prepare()]  # fmt: skip
        self.box = widgets.VBox(steps)
        self._open(project)

    def _open(self, project: Project) -> None:
        """Act on a project from now on."""
        self._project = project
        self._campaign.options = []  # so that its choice changes, and the page with it
        try:
            reference = load_reference(project.reference)
        except QprefError as error:
            self._where.value = sentence(f"{project.root} : {error}")
            return
        campaigns = [(one.libelle, one.id) for one in reference.campaigns.latest_first]
        sites = [(one.nom_court, one.id) for one in reference.sites.sites]
        offer(self._site, [("dit par chaque fichier", _ANY), *sites])
        names = ", ".join(name for name, _ in sites)
        self._where.value = sentence(f"{project.root} : {names}.")
        offer(self._campaign, campaigns)

    def _refresh(self) -> None:
        """Show again what files and reports are there."""
        if self._campaign.value is None:
            return
        project = self._project
        meetings = [path.stem for path in meeting_files(project.committee)]
        offer(self._meeting, [("la prochaine", _ANY), *((one, one) for one in meetings[::-1])])
        usual = project.committee / MEMBERS
        found = [usual, *sorted((project.root / "data" / "exemple").glob(MEMBERS))]
        offer(self._members, [(self._named(one), one) for one in found if one.is_file()])
        kept = set(self._received.value)
        files = {one.path: one.name for one in contents(project.received, Looking()).files}
        self._received.options = [(name, path) for path, name in files.items()]
        self._received.value = [path for path in files if path in kept]
        book = link(self._last_book())
        text = Markup('<a href="{}">Télécharger le classeur à remplir</a>').format(book)
        show(self._book, Shown(text if book else Markup("")))
        show(self._state, Shown(self._told()))

    def _told(self) -> Markup:
        """Return which reports the campaign has, or why nobody knows."""
        try:
            return told(reports_of(self._project, str(self._campaign.value)))
        except QprefError as error:
            return sentence(str(error))

    def _last_book(self) -> Path:
        """Return the last workbook of corrections that was written; one filled in stays beside."""
        folder = self._project.quarantine / str(self._campaign.value)
        found = [one for one in folder.glob("corrections*.xlsx") if not one.stem.endswith(_BACK)]
        return max(found, key=lambda one: one.stat().st_mtime, default=folder / "corrections.xlsx")

    def _named(self, path: Path) -> str:
        return path.relative_to(self._project.root).as_posix()

    # --- the steps --------------------------------------------------------------------------------

    def _choose(self) -> widgets.VBox:
        running = Running()
        folder = widgets.Text(description="Dossier", placeholder="un autre projet", layout=WIDE)
        change = self._button("Ouvrir ce projet", running, lambda: self._other(folder.value))
        check = self._button("Vérifier ses fichiers", running, lambda: ["projet", "verifier"])
        creating = Creating(self._project.root.parent)
        create = self._button("Créer le projet", running, creating.words,
                              lambda: self._open(Project(creating.folder)))  # fmt: skip
        other = widgets.Accordion([widgets.VBox([creating.box, create])],
                                  titles=("Créer un projet",), selected_index=None)  # fmt: skip
        said = "Tout ce qui suit porte sur ce projet et sur la campagne choisie."
        rows = [self._where, row(self._campaign, check), row(folder, change), other]
        return step("1. Choisir ou créer un projet", said, *rows, running.box)

    def _other(self, folder: str) -> list[str]:
        """Open another project, then check it."""
        if not folder.strip():
            raise UsageError("Aucun dossier n’est écrit.", "Écrivez celui du projet à ouvrir.")
        self._open(Project.find(Path(folder).expanduser()))
        return ["projet", "verifier"]

    def _files(self) -> widgets.VBox:
        running = self._intake
        read = self._button("Importer", running, self._imported, self._refresh,
                            lambda: len(self._received.value))  # fmt: skip
        aside = self._button("Voir ce qui est mis de côté", running,
                             lambda: ["quarantaine", "lister", *self._of()])  # fmt: skip
        said = ("Les fichiers déposés vont dans data/brut, qui n’est jamais partagé ; un gros "
                "fichier s’y copie aussi à la main. Chaque import dit ce qui a été lu, gardé, mis "
                "de côté.")  # fmt: skip
        rows = [row(self._drop, self._replaces), row(self._received, self._site, self._order)]
        return step("2. Déposer et lire les fichiers", said, *rows, row(read, aside), running.box)

    def _correct(self) -> widgets.VBox:
        running = Running()
        write = self._button("Écrire le classeur", running,
                             lambda: ["quarantaine", "corriger", *self._of()],
                             self._refresh)  # fmt: skip
        back = self._button("Appliquer les corrections", running, self._corrected, self._refresh)
        said = ("Remplissez la dernière colonne du classeur, « Valeur corrigée », puis rendez-le. "
                "Les fichiers reçus ne changent pas.")  # fmt: skip
        rows = [row(write), self._book, row(self._mended, back)]
        return step("3. Corriger ce qui est mis de côté", said, *rows, running.box)

    def _follow(self) -> widgets.VBox:
        running = Running()
        where = self._button("Où en est la collecte", running, lambda: ["collecte", *self._of()])
        plan = self._button("Combien interroger", running,
                            lambda: ["plan-echantillon", *self._of()])  # fmt: skip
        said = "Une ligne par site : réponses, rythme, prévision du dernier jour."
        return step("4. Suivre la collecte", said, row(where, plan), running.box)

    def _code(self) -> widgets.VBox:
        running = Running()
        selector = RemarkSelector(self._button, running)
        see = widgets.Button(description="Montrer les remarques", layout=FITTED)
        see.on_click(lambda _: self._guarded(running, lambda: self._open_remarks(selector)))
        said = ("Masquées, une à une : ce que le programme propose est coché. Corrigez, puis "
                "confirmez. Coder n’approuve rien : un rapport ne cite que ce qui est approuvé "
                "(qpref verbatims --approuver).")  # fmt: skip
        return step("5. Dire de quoi parlent les remarques", said, row(see), selector.box,
                    running.box)  # fmt: skip

    def _open_remarks(self, selector: RemarkSelector) -> None:
        selector.open(self._project, self._of()[1])

    def _make(self) -> widgets.VBox:
        running = Running()
        make = self._button(
            "Faire les rapports", running, self._reports, self._refresh, self._count
        )
        said = "Ce qui est à jour n’est pas refait. Un clic sur un rapport l’ouvre."
        return step("6. Faire et ouvrir les rapports", said, row(make, self._with_pdf),
                     running.box, self._state)  # fmt: skip

    def _prepare(self) -> widgets.VBox:
        running = Running()
        make = self._button("Préparer le dossier", running, self._pack, self._refresh)
        said = ("Ordre du jour, rapports, diaporama, invitation, compte rendu à remplir, dans "
                "reports/clu. Rien n’est envoyé.")  # fmt: skip
        return step("7. Préparer la réunion du comité", said,
                     row(self._meeting, self._members, make), running.box)  # fmt: skip

    # --- what buttons run -------------------------------------------------------------------------

    def _of(self) -> list[str]:
        if not self._campaign.value:
            raise UsageError("Aucune campagne n’est choisie.", "Choisissez-la à l’étape 1.")
        return ["--campagne", self._campaign.value]

    def _imported(self) -> list[str]:
        if not self._received.value:
            raise UsageError("Aucun fichier n’est choisi.",
                             "Déposez-en, ou choisissez-en dans la liste.")  # fmt: skip
        site = ["--site", self._site.value] if self._site.value else []
        order = ["--dates", self._order.value] if self._order.value else []
        return ["importer", *map(self._named, self._received.value), *self._of(), *site, *order]

    def _take(self, _: object) -> None:
        """Put what was dropped with the received files; it is what will be imported."""
        try:
            taken = [self._placed(one, self._project.received) for one in self._drop.value]
        except QprefError as error:
            self._intake.say(str(error))
            return
        self._received.value = []
        self._refresh()
        self._received.value = [path for _, path in self._received.options if path in taken]

    def _placed(self, dropped: Any, folder: Path) -> Path:  # noqa: ANN401 - of ipywidgets
        """Write a file that was dropped; one of the same name is replaced on demand alone."""
        target, content = folder / Path(dropped["name"]).name, bytes(dropped["content"])
        is_other = target.exists() and target.read_bytes() != content
        if is_other and not self._replaces.value:
            raise UsageError(f"« {target.name} » est déjà là, avec un autre contenu.",
                             "Donnez-lui un autre nom ; ou cochez « remplacer » s’il le "
                             "corrige.")  # fmt: skip
        write_atomically(target, content, is_private=True)
        return target

    def _corrected(self) -> list[str]:
        if not self._mended.value:
            raise UsageError("Aucun classeur n’est rendu.", "Choisissez celui que vous avez "
                             "rempli.")  # fmt: skip
        (campaign,) = self._of()[1:]
        target = self._project.quarantine / campaign / f"corrections-{_BACK}.xlsx"
        content = bytes(self._mended.value[0]["content"])
        kind = Kind("classeur de corrections", campaign=campaign)
        path = put_beside(self._project, target, content, kind)
        return ["quarantaine", "reintegrer", self._named(path), *self._of()]

    def _reports(self) -> list[str]:
        return ["rapports", *self._of(), *(["--pdf"] if self._with_pdf.value else [])]

    def _count(self) -> int:
        found = reports_of(self._project, self._of()[1])
        return sum(one.reason is not None for one in found)

    def _pack(self) -> list[str]:
        meeting = ["--reunion", self._meeting.value] if self._meeting.value else []
        members = self._members.value
        usual = self._project.committee / "membres.yml"
        other = ["--membres", self._named(members)] if members and members != usual else []
        return ["clu", "preparer", *meeting, *other]

    def _button(
        self, label: str, running: Running, words: Callable[[], Sequence[str]],
        after: Callable[[], object] = lambda: None, total: Callable[[], int] = lambda: 0,
    ) -> widgets.Button:  # fmt: skip
        """Return a button that runs a command, then shows what it changed."""
        button = widgets.Button(description=label, layout=FITTED)
        button.on_click(lambda _: self._press(running, words, after, total))
        self._buttons.append(button)
        return button

    def _press(
        self, running: Running, words: Callable[[], Sequence[str]],
        after: Callable[[], object], total: Callable[[], int],
    ) -> None:  # fmt: skip
        self._wait(is_busy=True)
        try:
            self._guarded(running, lambda: self._ran(running, words(), total()) and after())
        finally:
            self._wait(is_busy=False)

    def _ran(self, running: Running, asked: Sequence[str], total: int) -> bool:
        return not running.run(self._project.root, asked, total)

    def _guarded(self, running: Running, work: Callable[[], object]) -> None:
        """Do something; say in its place why it cannot be done."""
        try:
            work()
        except QprefError as error:
            running.say(str(error))

    def _wait(self, *, is_busy: bool) -> None:
        for button in self._buttons:
            button.disabled = is_busy
