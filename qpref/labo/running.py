"""Run a qpref command from a button: what ran, how far it is, what it prints.

The command is the one that a terminal would run from the folder of the project, in a process of its
own: the page holds no rule, and what it does can be done again by typing what it shows.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import ipywidgets as widgets
from markupsafe import Markup

from qpref.wording.french import number, plural, typeset

_KEPT = 400  # lines shown, the last ones
_TOLD = {"rapports": ["--json"]}  # commands that tell their events, for the bar
_SILENT = {"debut", "cellule", "plan"}  # events of a batch of reports that the bar alone shows
_BOX = Markup(
    '<pre style="white-space:pre-wrap;line-height:1.4;margin:.3em 0;padding:.5em;'
    "max-height:24em;overflow:auto;color:var(--jp-content-font-color1);"
    'background:var(--jp-layout-color2)" aria-live="polite" tabindex="0">{}</pre>'
)
_COMMAND = Markup(
    '<p style="margin:.3em 0;color:var(--jp-content-font-color1)">Commande : <code>{}</code></p>'
)


def shown(words: Sequence[str]) -> str:
    """Return a command as one types it."""
    return " ".join(["qpref", *(f'"{one}"' if " " in one or not one else one for one in words)])


class Running:
    """Where a step shows the command that its button ran."""

    def __init__(self) -> None:
        self._command, self._said = widgets.HTML(), widgets.HTML()
        self._bar = widgets.IntProgress(min=0, layout=widgets.Layout(display="none", width="38em"))
        self._bar.style.description_width = "16em"
        self._lines: list[str] = []
        self._has_events = False
        self.box = widgets.VBox([self._command, self._bar, self._said])

    def say(self, text: str) -> None:
        """Show a sentence instead of a command: nothing was run."""
        self._command.value, self._bar.layout.display = "", "none"
        self._lines = [text]
        self._show()

    def run(self, root: Path, words: Sequence[str], total: int = 0) -> int:
        """
        Run a command to its end; return its exit code.

        Parameters
        ----------
        root
            The project, or any folder for a command that needs none.
        words
            What follows « qpref ».
        total
            How many things it does, for the bar; 0 when nobody knows. One is done when an event
            says so, or at a line that is no detail of another.
        """
        self._command.value, self._lines = _COMMAND.format(shown(words)), []
        self._begin(total)
        self._show()
        with _started(root, [*words, *_TOLD.get(words[0], [])]) as process:
            try:
                for line in process.stdout or ():
                    self._hear(line.rstrip("\n"))
            except KeyboardInterrupt:  # « Interrompre le noyau »
                process.terminate()
                self._hear("Arrêté.")
        self._end(process.returncode)
        return process.returncode

    def _begin(self, total: int) -> None:
        self._bar.max, self._bar.value, self._bar.bar_style = total or 1, 0, "info"
        self._has_events = False
        self._bar.description = "En cours…"
        self._bar.layout.display = "flex"

    def _hear(self, line: str) -> None:
        event = _event(line)
        if event is None:
            self._lines.append(line)
        else:
            self._lines += _sentences(event)
            self._bar.description = _place(event) or self._bar.description
        is_end = event["evenement"] == "fin" if event else not self._has_events and line[:1].strip()
        self._has_events |= event is not None
        if is_end and self._bar.max > 1:
            self._bar.value += 1
        self._show()

    def _end(self, code: int) -> None:
        self._bar.value = self._bar.max
        self._bar.bar_style = "danger" if code else "success"
        self._bar.description = f"Terminé (code {code})" if code else "Terminé"

    def _show(self) -> None:
        text = "\n".join(self._lines[-_KEPT:]).strip()
        self._said.value = _BOX.format(text) if text else ""


def _started(root: Path, words: Sequence[str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "qpref", "--racine", str(root), *words]
    ours = {"PYTHONUTF8": "1", "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "100"}
    forced = {"FORCE_COLOR", "CLICOLOR_FORCE"}  # a kernel asks for them: its output has colours
    kept = {name: value for name, value in os.environ.items() if name not in forced}
    return subprocess.Popen(  # noqa: S603 - ours
        command, cwd=root, env=kept | ours, text=True, encoding="utf-8", errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def _event(line: str) -> dict[str, Any] | None:
    """Return what a line of JSON tells of a batch of reports; None for any other line."""
    if not line.startswith("{"):
        return None
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "evenement" in found else None


def _place(event: dict[str, Any]) -> str:
    return f"{event['site']}, {event['notebook']}" if "notebook" in event else ""


def _sentences(event: dict[str, Any]) -> Iterator[str]:
    """Yield what an event of a batch says to who follows it on the page."""
    kind, place = event["evenement"], _place(event)
    if kind == "bilan":
        facts = {"faits": ("rapport fait", "rapports faits"),
                 "a_jour": ("rapport déjà à jour", "rapports déjà à jour"),
                 "echecs": ("rapport en échec", "rapports en échec")}  # fmt: skip
        told = [plural(event[key], *text) for key, text in facts.items()
                if event[key] or key == "faits"]  # fmt: skip
        yield typeset(f"{', '.join(told)}, en {number(event['secondes'], 0)} s.")
    elif kind == "fin":
        ending = f"échec. {event['echec']}" if event["echec"] else "fait"
        yield f"{place} : {ending}"
        if event["avis"]:
            yield f"{place} : {event['avis']}"
    elif kind == "attente":
        yield f"{place} : pas encore, {event['raison']}"
    elif kind == "reprise":
        yield f"{place} : nouvel essai, {event['cause']}"
    elif kind not in _SILENT:
        yield json.dumps(event, ensure_ascii=False)
