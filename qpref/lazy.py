"""Import heavy libraries on first use: importing qpref costs little more than pandas.

scipy loads its own parts so: `import scipy`, then `scipy.stats.norm` where it serves.
"""

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader, find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

_waiting: set[str] = set()


class _Later(ModuleType):
    """Stand for a module until something of it is asked for."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # asked by what looks at modules, not by what uses them
            raise AttributeError(name)
        return getattr(load(self.__name__), name)


def load(name: str) -> ModuleType:
    """
    Import a heavy module, and leave what it holds out of later searches for cycles.

    It lives as long as the process: each search, the one of the end too, would go over it all.
    """
    if name in sys.modules:
        return sys.modules[name]
    with uncollected():
        module = import_module(name)
    gc.freeze()
    return module


@contextmanager
def uncollected() -> Iterator[None]:
    """
    Put off the search for cycles of objects while what stays is loaded or read.

    It would go over all that pandas holds, several times, and find nothing to free.

    Examples
    --------
    >>> with uncollected():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """
    is_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_on:
            gc.enable()


def lazy(name: str, *, is_extra: bool = False) -> ModuleType:
    """
    Return what stands for a module: it is loaded when something of it is asked for.

    Parameters
    ----------
    name
        Of the module.
    is_extra
        It may be absent: `load_all` leaves it out.

    Examples
    --------
    >>> lazy("colorsys").rgb_to_hsv(0, 0, 0)
    (0.0, 0.0, 0)
    """
    if not is_extra:
        _waiting.add(name)
    return _Later(name)


def alone(library: str, module: str) -> ModuleType:
    """
    Return a module of a library from its file: its package would load all that lies beside it.

    Parameters
    ----------
    library
        Its name.
    module
        That of the module in it, with its folders: « countries.france ».

    Examples
    --------
    >>> alone("json", "scanner").__name__
    'json.scanner alone'
    """
    found = find_spec(library)
    path = Path(str(found and found.origin)).parent.joinpath(*module.split("."))
    name = f"{library}.{module} alone"
    if name in sys.modules:
        return sys.modules[name]
    spec = spec_from_file_location(name, path.with_suffix(".py"))
    if spec is None or spec.loader is None or not path.with_suffix(".py").is_file():
        return import_module(f"{library}.{module}")
    sys.modules[name] = made = module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def load_all() -> None:
    """Load now what was to be loaded when used: before a process is forked many times."""
    for name in sorted(_waiting):
        import_module(name)


def put_off(name: str, function: str) -> None:
    """
    Stand for a library that another one loads at its top, until it calls that function.

    Whatever else is asked of it loads it at once: a later version may take another name from it.
    """
    stand_in = ModuleType(name)

    def loaded() -> ModuleType:
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]
        return import_module(name)

    def call(*given: object, **named: object) -> object:
        return getattr(loaded(), function)(*given, **named)

    def other(asked: str) -> object:
        if asked.startswith("__"):  # asked by what looks at modules, not by what uses them
            raise AttributeError(asked)
        return getattr(loaded(), asked)

    vars(stand_in).update({function: call, "__getattr__": other})
    sys.modules.setdefault(name, stand_in)


class _Unread:
    """Find a part that a library only names: it is read when something of it is asked for."""

    names = frozenset({"numpy.f2py"})  # scipy goes over all that numpy names: a compiler of Fortran

    @classmethod
    def find_spec(
        cls, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how to load it later, or nothing of another module."""
        found = PathFinder.find_spec(name, path, target) if name in cls.names else None
        if found is not None and found.loader is not None:
            found.loader = LazyLoader(found.loader)
        return found


sys.meta_path.insert(0, _Unread)
# pydantic would look into every installed package for plugins: our models want none.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
# jsonschema, under nbformat, loads it for addresses that no notebook holds: seconds of grammars.
put_off("rfc3987_syntax", "is_valid_syntax")
# scipy.optimize loads them for functions that nothing here calls, and with them scipy.special, fft
# and spatial: half of its seconds. They answer whoever calls them.
put_off("scipy.optimize._shgo", "shgo")
put_off("scipy.optimize._dual_annealing", "dual_annealing")
put_off("scipy.linalg.interpolative", "interp_decomp")
