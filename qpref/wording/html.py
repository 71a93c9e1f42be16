"""One way to fill HTML templates: everything escaped, French typography, nothing undefined."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from qpref.wording.french import typeset


@cache
def templates(package: str) -> Environment:
    """Return the templates of a package; each value is escaped, `typeset` is at hand."""
    environment = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["typeset"] = typeset
    return environment
