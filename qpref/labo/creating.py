"""The form that a new project is made from, on the home page: options of `qpref projet creer`."""

from contextlib import ExitStack
from pathlib import Path

import ipywidgets as widgets

from qpref.errors import UsageError
from qpref.project import write_atomically
from qpref.scratch import scratch

_LAYOUT = widgets.Layout(width="30em")
_STYLE = {"description_width": "12em"}
_UNKNOWN = ""
_CERT = [("je ne sais pas", _UNKNOWN), ("oui", "--cert"), ("non", "--sans-cert")]


def _text(label: str, example: str) -> widgets.Text:
    return widgets.Text(description=label, placeholder=example, layout=_LAYOUT, style=_STYLE)


class Creating:
    """What a project needs to be told; where it will be."""

    def __init__(self, beside: Path) -> None:
        self._beside = beside
        self._held = ExitStack()  # the form that was dropped, while this page is open
        self._folder = _text("Dossier à créer", "mon-projet")
        self._department = _text("Département", "Eure")
        self._prefecture = _text("Ville de la préfecture", "Évreux")
        self._others = _text("Sous-préfectures", "Bernay, Les Andelys")
        self._cert = widgets.Dropdown(
            options=_CERT, description="Un CERT ?", layout=_LAYOUT, style=_STYLE
        )
        self._start, self._end = (
            widgets.DatePicker(description=label, layout=_LAYOUT, style=_STYLE)
            for label in ("Premier jour", "Dernier jour")
        )
        self._campaign = _text("Nom de la campagne", "2026-11")
        self._form = widgets.FileUpload(description="Votre formulaire (facultatif)",
                                        layout=widgets.Layout(width="auto"))  # fmt: skip
        self.box = widgets.VBox([self._folder, self._department, self._prefecture, self._others,
                                 self._cert, self._start, self._end, self._campaign,
                                 self._form])  # fmt: skip

    @property
    def folder(self) -> Path:
        """The project to be."""
        return self._beside / Path(self._folder.value.strip()).expanduser()

    def words(self) -> list[str]:
        """
        Return the command that makes it.

        Raises
        ------
        UsageError
            If no folder is named; the command itself says what else is missing.
        """
        if not self._folder.value.strip():
            raise UsageError("Aucun dossier n’est écrit.", "Nommez celui du projet à créer.")
        given = {
            "--departement": self._department.value,
            "--prefecture": self._prefecture.value,
            "--campagne": self._campaign.value,
            "--du": self._start.value and self._start.value.isoformat(),
            "--au": self._end.value and self._end.value.isoformat(),
            "--questionnaire": self._dropped(),
        }
        words = [word for name, text in given.items() if text and text.strip()
                 for word in (name, text.strip())]  # fmt: skip
        others = [one.strip() for one in self._others.value.split(",") if one.strip()]
        words += [word for one in others for word in ("--sous-prefecture", one)]
        cert = [self._cert.value] if self._cert.value else []
        return ["projet", "creer", str(self.folder), *words, *cert, "--oui"]

    def _dropped(self) -> str:
        """Return where the form that was dropped is."""
        if not self._form.value:
            return ""
        one = self._form.value[0]
        target = self._held.enter_context(scratch()) / Path(one["name"]).name
        write_atomically(target, bytes(one["content"]), is_private=True)
        return str(target)
