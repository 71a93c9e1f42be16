"""List every fault in the files of a project at once, and what is unused.

`qpref.reference.load_reference` stops at the first file that is wrong, for a command needs them
all. Here each file is read as far as it can be, so that one visit is enough to mend them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from qpref import shipped
from qpref.project import Project
from qpref.reference import OPTIONAL, QUESTIONNAIRES, reference_files
from qpref.reference.actions import ActionPlan
from qpref.reference.committee import Committee
from qpref.reference.complaints import Complaints
from qpref.reference.example import FILE as INVENTED
from qpref.reference.example import Invented
from qpref.reference.faults import Fault, FaultyFileError, Problem
from qpref.reference.grid import MysteryGrid
from qpref.reference.labelling import Labelling
from qpref.reference.links import OtherLabel, Parts, broken_links
from qpref.reference.loading import Content, Model, read_yaml
from qpref.reference.meeting import MINUTES, QUESTIONS, Meeting, Minutes, Questions
from qpref.reference.meetings import meeting_faults, meeting_files
from qpref.reference.members import Members, Relay
from qpref.reference.monthly import Monthly
from qpref.reference.partial import Cut, examine
from qpref.reference.questionnaire import Questionnaire
from qpref.reference.sites import Sites
from qpref.reference.standard import Standard
from qpref.reference.subjects import CodeBook
from qpref.reference.surveys import Campaigns
from qpref.reference.upgrades import is_former

MEMBERS, RELAY = "membres.yml", "envoi.yml"


@dataclass
class _Visit:
    """What a visit of the files gathers: what each holds, its faults, what cannot be read."""

    contents: dict[Path, Content] = field(default_factory=dict)
    cuts: dict[Path, Cut] = field(default_factory=dict)
    faults: dict[Path, list[Fault]] = field(default_factory=dict)
    unreadable: list[Problem] = field(default_factory=list)

    def read(self, model: type[Model], path: Path) -> Model | None:
        """Return what can be used of a file; note what is wrong in it."""
        try:
            self.contents[path] = content = read_yaml(path)
        except FaultyFileError as error:
            self.unreadable += error.problems
            return None
        found = examine(model, content)
        self.cuts[path], self.faults[path] = found.cut, found.faults
        return found.model

    def note(self, path: Path, fault: Fault) -> None:
        """Note a fault that was seen in what could be used of a file."""
        fault = self.cuts[path].at_origin(fault)
        if not self.cuts[path].causes(fault):
            self.faults[path].append(fault)

    def problems(self) -> list[Problem]:
        """Return all that is wrong, file by file, line by line."""
        gone = {name for cut in self.cuts.values() for name in cut.names()}
        found = [*self.unreadable]
        for path, faults in self.faults.items():
            told = [
                one for one in faults
                if one.missing not in gone or one.steps[-1:] == (one.missing,)  # a key, unknown
            ]  # fmt: skip
            found += self.contents[path].problems(dict.fromkeys(told))
        return found


@dataclass(frozen=True)
class Checked:
    """
    What a visit of all files found.

    `former`: files of an earlier version, that are read as they are.
    """

    parts: Parts
    meetings: tuple[Meeting, ...]
    problems: tuple[Problem, ...]
    former: tuple[Path, ...]


def check(project: Project) -> Checked:
    """Return all that is wrong in the reference files of a project, and what could be read."""
    visit = _Visit()
    files = reference_files(project.reference)
    parts = _parts(visit, files)
    visit.read(CodeBook, files["sujets.yml"])
    for name, fault in broken_links(parts):
        visit.note(files[name], fault)
    if shipped.says_something(project.reference / INVENTED):
        visit.read(Invented, project.reference / INVENTED)
    meetings = tuple(_meetings(visit, project, parts))
    for model, name in ((Members, MEMBERS), (Relay, RELAY)):
        if (path := project.committee / name).exists():
            visit.read(model, path)
    own = ((name, path) for name, path in files.items() if path.is_relative_to(project.root))
    former = tuple(
        path for name, path in own
        if path in visit.contents and is_former(name, visit.contents[path].value)
    )  # fmt: skip
    return Checked(parts, meetings, tuple(visit.problems()), former)


def _parts(visit: _Visit, files: dict[str, Path]) -> Parts:
    def read(model: type[Model], name: str) -> Model | None:
        return visit.read(model, files[name]) if name in files else None

    return Parts(
        sites=read(Sites, "sites.yml"),
        campaigns=read(Campaigns, "campagnes.yml"),
        standard=read(Standard, "referentiel.yml"),
        grid=read(MysteryGrid, "mystere.yml"),
        questionnaires={
            path.stem: read(Questionnaire, name)
            for name, path in files.items()
            if name.startswith(QUESTIONNAIRES)
        },
        committee=read(Committee, "clu.yml"),
        plan=read(ActionPlan, "actions.yml"),
        labelling=read(Labelling, "labellisation.yml"),
        monthly=read(Monthly, "indicateurs.yml"),
        complaints=read(Complaints, "reclamations.yml"),
        others={
            name: OtherLabel(
                read(Standard, f"{shipped.LABELS}/{name}.yml"),
                read(Labelling, f"{shipped.LABELS}/{name}{shipped.FOLLOWED}"),
            )
            for name in shipped.followed_labels(files["sites.yml"].parent)
        },
    )


def _meetings(visit: _Visit, project: Project, parts: Parts) -> Iterator[Meeting]:
    """Yield the meetings that can be read; their agreements are each written once."""
    seen: set[str] = set()
    for path in meeting_files(project.committee):
        if (meeting := visit.read(Meeting, path)) is None:
            continue
        for fault in meeting_faults(meeting, path, parts.site_names, parts.campaign_names):
            visit.note(path, fault)
        for rank, agreement in enumerate(meeting.accords):
            if agreement.id in seen:
                told = f"l’accord « {agreement.id} » est écrit dans deux réunions"
                remedy = "Un accord s’écrit une fois, dans la réunion qui l’a pris."
                visit.note(path, Fault(("accords", rank, "id"), told, remedy))
            seen.add(agreement.id)
        if (mailed := path.with_name(path.stem + QUESTIONS)).exists():
            visit.read(Questions, mailed)
        if (written := path.with_name(path.stem + MINUTES)).exists():
            visit.read(Minutes, written)
        yield meeting


def strangers(project: Project) -> list[Path]:
    """Return the files of data/reference that nothing reads."""
    known = {*reference_files(project.reference).values()}
    known |= {project.reference / name for name in (*shipped.SHARED, *OPTIONAL, INVENTED)}
    known |= {project.reference / shipped.LABELS / f"{name}.yml" for name in shipped.labels()}
    found = [*project.reference.rglob("*.yml"), *project.reference.rglob("*.yaml")]
    return sorted(path for path in found if path not in known)
