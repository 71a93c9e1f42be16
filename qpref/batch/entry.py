"""The entry point by which papermill finds the engine.

Papermill loads its engines while it is being imported, and ours needs it whole: this one imports
ours at the first call only.
"""

from typing import Any


class LazyEngine:
    """Papermill's engine interface, handed on to `qpref.batch.engine.InProcessEngine`."""

    @classmethod
    def _engine(cls) -> Any:  # noqa: ANN401 - papermill has no types
        from qpref.batch.engine import InProcessEngine  # noqa: PLC0415 - see above

        return InProcessEngine

    @classmethod
    def execute_notebook(cls, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        """Run a notebook."""
        return cls._engine().execute_notebook(*arguments, **options)

    @classmethod
    def nb_kernel_name(cls, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        """Return the kernel a notebook names."""
        return cls._engine().nb_kernel_name(*arguments, **options)

    @classmethod
    def nb_language(cls, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        """Return the language a notebook names."""
        return cls._engine().nb_language(*arguments, **options)
