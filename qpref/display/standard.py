"""Sentences on the référentiel: rules on modules, points to confirm, effects of an edit."""

from collections.abc import Sequence

from qpref.quality.labelling import Finding, StandardChange, changes, gaps
from qpref.reference import Indicator, Obligation, Site, Standard
from qpref.wording.french import enumeration, plural, upper_first

_CERTAINTY = {
    "vu": "règle lue",
    "deduit": "règle déduite, à confirmer",
    "suppose": "règle supposée, à confirmer",
    "exemple": "règle d’exemple",
    "absent": "règle non trouvée, à confirmer",
}
_CERT = {"oui": "avec", "non": "sans"}
_KIND = {"prefecture": "préfecture", "sous_prefecture": "sous-préfecture"}


def _modules(numbers: Sequence[int]) -> str:
    word = "module" if len(numbers) == 1 else "modules"
    return f"{word} {enumeration([str(n) for n in numbers])}"


def _the(numbers: Sequence[int]) -> str:
    return f"{'le' if len(numbers) == 1 else 'les'} {_modules(numbers)}"


def site_kind(rule: Obligation) -> str:
    """Return « sous-préfecture sans CERT »."""
    return f"{_KIND[rule.type_site]} {_CERT[rule.cert]} CERT"


def standard_name(standard: Standard) -> str:
    """Return « référentiel » and the label that it leads to, when its file says so."""
    return f"référentiel {standard.name}".strip()


def confirmed(indicator: Indicator | None, standard: Standard) -> str:
    """Return whether someone read an indicator in the official text."""
    if indicator and indicator.confirme:
        return "confirmé"
    return f"à confirmer pour {standard.name}" if standard.name else "à confirmer"


def finding_sentence(site: Site, finding: Finding, standard: Standard) -> str:
    """
    Return the result of a rule on a site, with the rule, its source and its certainty.

    Parameters
    ----------
    site
        Whose choice is checked.
    finding
        Of `quality.labelling.check_modules`.
    standard
        Gives the sources their names.
    """
    rule = finding.rule
    chosen = f"{site.nom_court} : {_modules(site.modules)}"
    if rule is None:
        return (
            f"{chosen}. Aucune règle ne s’applique : on ne sait pas si le site a un CERT, ou la "
            "règle n’a pas été lue. À confirmer."
        )
    names = enumeration([standard.sources[name] for name in rule.sources]) or "aucune source"
    basis = f"({_CERTAINTY[rule.certitude]} ; {names})"
    if finding.code == "regle_inconnue":
        return f"{chosen}. La règle pour une {site_kind(rule)} n’est pas connue {basis}."
    if finding.code == "module_manquant":
        return (
            f"{chosen}. Il manque {_the(finding.modules)} : une {site_kind(rule)} doit détenir au "
            f"moins {_the(rule.requis or [])} {basis}."
        )
    if finding.code == "module_non_prevu":
        allowed = sorted({*(rule.requis or []), *(rule.au_choix or [])})
        verb = "n’est pas prévu" if len(finding.modules) == 1 else "ne sont pas prévus"
        extra = _the(finding.modules)
        return (
            f"{chosen}. {upper_first(extra)} {verb} : une {site_kind(rule)} choisit "
            f"parmi {_the(allowed)} {basis}."
        )
    return f"{chosen}. Conforme {basis}."


def partial_sentences(site: Site) -> list[str]:
    """Return the modules that a site holds in part, one sentence each."""
    return [
        f"{site.nom_court} : module {number} tenu en partie ({words}). Un module peut l’être "
        "(lu pour un autre département) ; à confirmer."
        for number, words in site.modules_en_partie.items()
    ]


def unconfirmed(standard: Standard) -> list[str]:
    """Return what the quality unit should read in the official text, one sentence each."""
    missing, found = gaps(standard), []
    if missing.without_number:
        count = plural(missing.without_number, "engagement")
        found.append(f"{count} sans numéro officiel (clé numero_officiel).")
    found += [
        f"Module {module.numero}, « {module.nom} » : aucun engagement n’a été lu."
        for module in missing.modules
    ]
    for indicator in missing.indicators:
        unknown = [] if indicator.confirme else ["définition et seuil (clé confirme)"]
        unknown += ["taux exigé (clé cible)"] if indicator.cible is None else []
        found.append(f"Indicateur « {indicator.libelle} » : {enumeration(unknown)}.")
    found += [
        f"Obligation d’une {site_kind(rule)} : {_CERTAINTY[rule.certitude]}."
        for rule in missing.obligations
    ]
    return found


def differences(before: Standard, after: Standard) -> list[str]:
    """Return what differs between two versions of the référentiel, one sentence each."""
    return [_change_sentence(change) for change in changes(before, after)]


def _change_sentence(change: StandardChange) -> str:
    place = f"{change.kind} › {change.name}"
    if change.key is None:
        return f"{place} : {'retiré' if change.after is None else 'ajouté'}."
    return f"{place} › {change.key} : {_value(change.before)} devient {_value(change.after)}."


def _value(value: object) -> str:
    if value is None:
        return "« vide »"
    if isinstance(value, bool):
        return "« oui »" if value else "« non »"
    if isinstance(value, dict):
        return "« " + " ".join(_plain(part) for part in value.values()) + " »"
    return f"« {_plain(value)} »"


def _plain(value: object) -> str:
    return f"{value:g}".replace(".", ",") if isinstance(value, float) else str(value)
