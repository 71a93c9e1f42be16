"""One way to fill HTML templates: everything escaped, French typography, nothing undefined."""

from functools import cache
from typing import TYPE_CHECKING

from qpref.lazy import lazy
from qpref.wording.french import typeset

if TYPE_CHECKING:
    import jinja2
else:
    jinja2 = lazy("jinja2")


@cache
def templates(package: str) -> "jinja2.Environment":
    """Return the templates of a package; each value is escaped, `typeset` is at hand."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(package),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["typeset"] = typeset
    return environment
