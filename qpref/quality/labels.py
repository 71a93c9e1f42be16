"""What a site must prove for a label other than the project's first."""

from collections.abc import Sequence

from qpref.quality.progress import Unit, units
from qpref.reference import Site, Standard, Step


def held(site: Site, standard: Standard, steps: Sequence[Step]) -> list[Unit]:
    """
    Return what a site has to prove of another label, module by module.

    Parameters
    ----------
    site
        Who follows it; the modules that it chose are those of the first label, and do not count.
    standard
        Of the other label.
    steps
        Of this site: it holds the modules of which it follows something, whole.
    """
    known = {commitment.id: commitment.module for commitment in standard.engagements}
    followed = {known.get(step.unit, step.module) for step in steps}
    modules = [module.numero for module in standard.modules if module.numero in followed]
    return units(site.model_copy(update={"modules": modules}), standard)
