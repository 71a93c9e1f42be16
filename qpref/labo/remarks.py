"""Remarks one by one, for a person to say what each is about: proposed, corrected, confirmed.

What is shown is masked. Each confirmation is a command, as on the rest of the page (ADR 0044).
"""

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets
from markupsafe import Markup

from qpref.errors import UsageError
from qpref.labo.parts import FITTED, WIDE, row, sentence
from qpref.labo.running import Running
from qpref.project import Project
from qpref.quality import coding
from qpref.reference import load_reference
from qpref.reference.subjects import TONES
from qpref.store import codes_by, remarks_only, reviewed
from qpref.wording.french import typeset
from qpref.workbook.teaching import lessons_of, with_learned

_TEXT = Markup(
    '<blockquote style="color:var(--jp-content-font-color1);font-size:1.15em;line-height:1.5;'
    "margin:.4em 0;padding:.2em 0 .2em 1em;border-left:4px solid var(--jp-brand-color1);"
    'white-space:pre-line">{}</blockquote>'
)
_BOX = widgets.Layout(width="auto", margin="0 1.2em 0 0")
Button = Callable[..., widgets.Button]


class RemarkSelector:
    """The remarks of a campaign, one on show: its text, subjects, tone, and how many are coded."""

    def __init__(self, button: Button, running: Running) -> None:
        self._campaign, self._rank = "", 0
        self._remarks: list[dict[str, Any]] = []
        self._subjects: dict[str, widgets.Checkbox] = {}
        self._coder = widgets.Text("1", description="Codeur", layout=WIDE)
        self._tone = widgets.Dropdown(
            options=[(label, key) for key, label in TONES.items()], description="Ton", layout=WIDE
        )
        self._progress, self._said, self._text = (widgets.HTML() for _ in range(3))
        self._ticks = widgets.HBox([], layout=widgets.Layout(flex_flow="row wrap"))
        confirm = button("Confirmer", running, self._words, self._confirmed)
        steps = [self._step("Précédente", -1), confirm, self._step("Suivante", 1)]
        self._one = widgets.VBox(
            [self._progress, self._text, self._said, self._ticks, row(self._tone, *steps)]
        )
        self.box = widgets.VBox([row(self._coder), self._one])
        self._one.layout.display = "none"

    def _step(self, label: str, by: int) -> widgets.Button:
        found = widgets.Button(description=label, layout=FITTED)
        found.on_click(lambda _: self._show(self._rank + by))
        return found

    def open(self, project: Project, campaign: str) -> None:
        """Show the remarks of a campaign, from the first that this person did not code."""
        reference, self._campaign = load_reference(project.reference), campaign
        sites = [site.id for site in reference.sites.sites]
        said = codes_by(project, campaign, self._coder.value)
        rows = coding.remarks_of(
            remarks_only(reviewed(project, campaign, sites)), reference.book, said
        )
        rows = with_learned(rows, lessons_of(project, reference), reference)
        names = {site.id: site.nom_court for site in reference.sites.sites}
        rows["site"] = rows["site"].astype(str).map(names)
        self._remarks = [dict(one) for _, one in rows.iterrows()]
        self._subjects = {
            key: widgets.Checkbox(description=label, indent=False, layout=_BOX)
            for key, label in reference.book.labels.items()
        }
        self._ticks.children = [*self._subjects.values()]
        self._one.layout.display = "" if len(rows) else "none"
        self._show(self._next(0))

    def _next(self, rank: int) -> int:
        """Return the first remark from a place on that nobody coded, or the place itself."""
        left = [place for place, one in enumerate(self._remarks) if not one["relu"]]
        return next((place for place in left if place >= rank), (left or [rank])[0])

    def _show(self, rank: int) -> None:
        if not self._remarks:
            return
        count = len(self._remarks)
        self._rank = max(0, min(rank, count - 1))
        shown, done = self._remarks[self._rank], sum(one["relu"] for one in self._remarks)
        state = "déjà codée" if shown["relu"] else "proposée"
        self._progress.value = sentence(
            f"Remarque {self._rank + 1} sur {count} ({shown['site']}, {state}) ; "
            f"codées : {done} sur {count}."
        )
        self._text.value = _TEXT.format(shown["texte_masque"])
        told = shown["mots"].replace("\n", " ; ") or "aucun : rien ne dit le sujet"
        self._said.value = sentence(typeset(f"Mots qui ont décidé : {told}"))
        for key, box in self._subjects.items():
            box.value = key in shown["sujets"]
        self._tone.value = shown["ton"]

    def _chosen(self) -> Sequence[str]:
        return [key for key, box in self._subjects.items() if box.value]

    def _words(self) -> list[str]:
        if not self._remarks:
            raise UsageError("Aucune remarque n’est montrée.", "Montrez d’abord les remarques.")
        name = self._remarks[self._rank]["identifiant"]
        subjects = [word for key in self._chosen() for word in ("--sujet", key)]
        return ["verbatims", "coder", "--campagne", self._campaign, "--remarque", name, *subjects,
                "--ton", self._tone.value, "--codeur", self._coder.value]  # fmt: skip

    def _confirmed(self) -> None:
        """Note what was confirmed, and show the next remark that nobody coded."""
        told = {"sujets": tuple(self._chosen()), "ton": self._tone.value, "relu": True}
        self._remarks[self._rank] |= told
        self._show(self._next(self._rank))
