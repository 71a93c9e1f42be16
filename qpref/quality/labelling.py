"""Whether the modules a site chose respect the rules, as far as these were established."""

from dataclasses import dataclass

from qpref.reference import Obligation, Site, Standard


@dataclass(frozen=True)
class Finding:
    """
    What a rule says of the modules of a site.

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
    Return what a rule says of a choice of modules; one finding at least.

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
