"""Rules on the modules of a site; what remains to confirm in the référentiel."""

from collections.abc import Sequence
from dataclasses import dataclass

from qpref.reference import Indicator, Obligation, Site, Standard
from qpref.reference.standard import Module


@dataclass(frozen=True)
class Finding:
    """
    Result of a rule on the modules of a site.

    `code` (« conforme », « module_manquant », « module_non_prevu », « regle_inconnue »), the
    `modules` concerned, and the `rule` applied (None when there is none for this kind of site).
    """

    code: str
    modules: tuple[int, ...]
    rule: Obligation | None


def rule_of(site: Site, standard: Standard) -> Obligation | None:
    """Return the rule for a kind of site, or None when its CERT is unknown or no rule was read."""
    for rule in standard.obligations:
        if (rule.type_site, rule.cert) == (site.type_site, site.cert):
            return rule
    return None


def check_modules(modules: list[int], rule: Obligation | None) -> list[Finding]:
    """
    Return the results of a rule on a choice of modules, at least one.

    A rule without required modules is unknown: nothing is said of the choice. Without optional
    modules, only the required ones are checked.

    Examples
    --------
    >>> [finding.code for finding in check_modules([1, 3], None)]
    ['regle_inconnue']
    """
    if rule is None or rule.requis is None:
        return [Finding("regle_inconnue", tuple(modules), rule)]
    found = []
    missing = tuple(sorted(set(rule.requis) - set(modules)))
    if missing:
        found.append(Finding("module_manquant", missing, rule))
    if rule.au_choix is not None:
        extra = tuple(sorted(set(modules) - {*rule.requis, *rule.au_choix}))
        if extra:
            found.append(Finding("module_non_prevu", extra, rule))
    return found or [Finding("conforme", tuple(modules), rule)]


@dataclass(frozen=True)
class Gaps:
    """
    What was not read yet in the official text.

    Number of commitments `without_number`, modules without any commitment, indicators that lack a
    definition or a rate, obligations that were not read but deduced or supposed.
    """

    without_number: int
    modules: Sequence[Module]
    indicators: Sequence[Indicator]
    obligations: Sequence[Obligation]


def gaps(standard: Standard) -> Gaps:
    """Return what the quality unit should still read in the official text."""
    covered = {commitment.module for commitment in standard.engagements}
    return Gaps(
        sum(commitment.numero_officiel is None for commitment in standard.engagements),
        [module for module in standard.modules if module.numero not in covered],
        [i for i in standard.indicateurs if not i.confirme or i.cible is None],
        [rule for rule in standard.obligations if rule.certitude != "vu"],
    )


@dataclass(frozen=True)
class StandardChange:
    """
    A difference between two versions of the référentiel.

    `kind` of fact (« modules », « engagements »…) and its `name`; the `key` that changed and its
    values, or no key and one value None for a fact removed or added.
    """

    kind: str
    name: str
    key: str | None
    before: object
    after: object


def changes(before: Standard, after: Standard) -> list[StandardChange]:
    """Return what differs between two versions of the référentiel, kind by kind."""
    found = []
    for kind in ("modules", "engagements", "indicateurs", "obligations"):
        old, new = (
            {str(getattr(item, "id", getattr(item, "numero", ""))): item for item in items}
            for items in (getattr(before, kind), getattr(after, kind))
        )
        found += [
            StandardChange(kind, name, None, old[name], None) for name in old.keys() - new.keys()
        ]
        found += [
            StandardChange(kind, name, None, None, new[name]) for name in new.keys() - old.keys()
        ]
        for name in sorted(old.keys() & new.keys()):
            first, second = old[name].model_dump(), new[name].model_dump()
            found += [
                StandardChange(kind, name, key, first[key], second[key])
                for key in first
                if first[key] != second[key]
            ]
    return found
