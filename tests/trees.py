"""Syntax trees of modules, read once for all the tests that look through them."""

import ast
from functools import cache


@cache
def tree(path):
    """Return the tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path):
    """Return all the nodes of a module."""
    return [*ast.walk(tree(path))]
