"""How the documentation site is built: `make docs`, without access to the Internet."""

from importlib import metadata

project = "qpref"
author = "qpref"
copyright = "qpref, licence MIT"  # noqa: A001 - Sphinx's own name
release = metadata.version("qpref")
language = "fr"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_site"]
myst_heading_anchors = 3
suppress_warnings = ["myst.xref_missing"]  # links to files beside docs/, that a test checks

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
html_title = f"qpref {release}"
html_show_sourcelink = False
html_static_path: list[str] = []
