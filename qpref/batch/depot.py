"""Storage shared by several machines: a folder, `s3://…`, or anything that fsspec opens.

What a report is made from goes there by content (`objets/<sha256>`): an object never changes, and
each machine fetches it once. What a report gives goes there by path (`reports/…`).
"""

import contextlib
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import fsspec

from qpref.batch.freshness import side_files
from qpref.batch.inputs import campaign_imports, read_with
from qpref.batch.plan import FAILED_SUFFIX, Report
from qpref.batch.provenance import former_outputs
from qpref.errors import StorageError
from qpref.project import Project, write_atomically
from qpref.reference import Reference, reference_files
from qpref.shipped import name_in_project
from qpref.store import Store, version
from qpref.written import REPORT, put


@contextlib.contextmanager
def _told(url: str) -> Iterator[None]:
    """Tell in French what a storage refuses."""
    try:
        yield
    except StorageError:
        raise
    except Exception as error:  # each storage has errors of its own
        raise StorageError(
            f"Le dépôt « {url} » ne répond pas comme attendu ({type(error).__name__} : {error}).",
            "Vérifiez son adresse, les droits et le réseau, puis relancez : rien n’est perdu.",
        ) from error


def _page_last(paths: Iterable[Path]) -> list[Path]:
    return sorted(paths, key=lambda path: (path.suffix == ".html", path.name))


def _where(report: Report, project: Project) -> str:
    """Return the folder of a report as the depot names it, the same for all machines."""
    folder = project.report_folder(report.campaign, report.site)
    return folder.relative_to(project.root).as_posix()


def inputs_of_report(report: Report, project: Project, reference: Reference) -> list[Path]:
    """Return the files that a report is made from: never more than its committee's partitions."""
    store = Store(project)
    found = [path for path in project.reference.rglob("*") if path.is_file()]
    found += reference_files(project.reference).values()
    found += [report.notebook.path, project.clean / version.FILE]
    found += side_files(report, project, reference)
    found += [store.registry_file(name) for name in read_with(report, reference)]
    for entry in campaign_imports(report, store, reference):
        found += store.files(entry, report.peers)
    return sorted({path for path in found if path.is_file()})


class Depot:
    """
    One shared storage.

    Parameters
    ----------
    url
        A folder or an address that fsspec opens; its options come from the environment
        (`AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID`…).

    Raises
    ------
    StorageError
        If nothing installed opens such an address.
    """

    def __init__(self, url: str) -> None:
        try:
            self._files, self._root = fsspec.core.url_to_fs(url, skip_instance_cache=True)
        except (ImportError, ValueError) as error:
            raise StorageError(
                f"« {url} » ne s’ouvre pas ({error}).",
                'Dans le dossier des sources : pip install -e ".[distribue]"',
            ) from error
        self._url = url
        self._sent: dict[Path, str] = {}
        self._there: set[str] = set()

    def send(self, project: Project, paths: Iterable[Path]) -> str:
        """
        Put files, unless they are there; return the name of the list that says what they are.

        Raises
        ------
        StorageError
            If the storage refuses.
        """
        with _told(self._url):
            content = {}
            for path in paths:
                if path not in self._sent:
                    self._sent[path] = self._put_object(path.read_bytes())
                content[name_in_project(path, project.root)] = self._sent[path]
            return self._put_object(json.dumps(content, sort_keys=True).encode())

    def fetch(self, lists: Sequence[str], folder: Path) -> Project:
        """
        Return a project of this machine, below a folder, that holds the files of some lists.

        Raises
        ------
        StorageError
            If the storage refuses, or gives something else than what was put.
        """
        with _told(self._url):
            root = folder / f"qpref-{hashlib.sha256('-'.join(lists).encode()).hexdigest()[:16]}"
            files = chain.from_iterable(json.loads(self._object(one)).items() for one in lists)
            for name, digest in files:
                path = root / name
                if not path.exists():
                    write_atomically(path, self._object(digest), is_private=True)
        return Project(root)

    def deliver(self, report: Report, project: Project) -> None:
        """Put what a report gave, the page last: who sees it sees the rest."""
        with _told(self._url):
            for path in _page_last(report.folder.glob(f"{report.notebook.name}.*")):
                self._put(f"{_where(report, project)}/{path.name}", path.read_bytes())

    def collect(self, report: Report, project: Project) -> None:
        """Bring what a report gave into the folder of the report."""
        with _told(self._url):
            folder = f"{self._root}/{_where(report, project)}"
            self._files.invalidate_cache()  # of the reports collected before
            try:
                found = self._files.ls(folder, detail=False)
            except FileNotFoundError:  # it failed before it gave anything
                return
            names = [path.name for path in _page_last(map(Path, found))]
            files = {
                report.folder / name: self._files.cat_file(f"{folder}/{name}")
                for name in names
                if name.startswith(f"{report.notebook.name}.")
            }
        lost = {path: files.pop(path) for path in [*files] if path.name.endswith(FAILED_SUFFIX)}
        put(project, lost, report.failed)
        put(project, files, REPORT, former_outputs(report))

    def _put_object(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self._there:
            if not self._files.exists(f"{self._root}/objets/{digest}"):
                self._put(f"objets/{digest}", content)
            self._there.add(digest)
        return digest

    def _put(self, name: str, content: bytes) -> None:
        """Write beside, then rename: S3 shows whole objects only, a shared folder does not."""
        target = f"{self._root}/{name}"
        self._files.makedirs(target.rsplit("/", 1)[0], exist_ok=True)
        if "file" in self._files.protocol:
            write_atomically(Path(target), content)
        else:
            self._files.pipe_file(target, content)

    def _object(self, digest: str) -> bytes:
        content: bytes = self._files.cat_file(f"{self._root}/objets/{digest}")
        if hashlib.sha256(content).hexdigest() != digest:
            raise StorageError(
                f"Le dépôt « {self._url} » contient un objet abîmé ({digest[:16]}).",
                "Supprimez-le du dépôt, puis relancez.",
            )
        return content
