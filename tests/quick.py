"""YAML by the compiled reader and writer, ten times faster, for tests with hundreds of files."""

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def loaded(text):
    """Return what a YAML text holds."""
    return yaml.load(text, _LOADER)  # noqa: S506 - a safe one


def dumped(value):
    """Return a YAML text, in the order given."""
    return yaml.dump(value, Dumper=_DUMPER, allow_unicode=True, sort_keys=False)
