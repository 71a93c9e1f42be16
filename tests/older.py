"""A campaign before those of a project, with the answers of its first one."""

from datetime import date, timedelta

import yaml

from qpref.project import Project
from qpref.schema import typed
from qpref.store import Store
from qpref.store.parts import content
from qpref.store.registry import Registry

_YEAR = timedelta(days=365)


def add_older(project: Project, first: str, name: str) -> None:
    """Add a campaign of this name a year before the first one, that answered the same."""
    path = project.reference / "campagnes.yml"
    facts = yaml.safe_load(path.read_text(encoding="utf-8"))
    known = next(one for one in facts["campagnes"] if one["id"] == first)
    known["precedente"] = name
    dates = {key: value - _YEAR for key, value in known.items() if isinstance(value, date)}
    kept = ("libelle", "questionnaire", "certitude", "source", "partielles")
    same = {key: known[key] for key in kept if key in known}
    facts["campagnes"].insert(0, {**same, "id": name, **dates})
    path.write_text(yaml.safe_dump(facts, allow_unicode=True), encoding="utf-8")
    store, entries = Store(project), []
    for entry in store.imports(first):
        for table, parts in entry.parts.items():
            for site, part in parts.items():
                rows = content(store.part(table, first, site, part), entry).to_pandas()
                target = store.part(table, name, site, part)
                target.parent.mkdir(parents=True, exist_ok=True)
                typed(table, rows.assign(campagne=name)).to_parquet(target, index=False)
        entries.append(entry.model_copy(update={"campagne": name}))
    registry = store.registry_file(name)
    registry.write_text(Registry(imports=entries).model_dump_json(), encoding="utf-8")
