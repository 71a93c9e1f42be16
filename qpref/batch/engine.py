"""A papermill engine that runs the cells in the current process: no kernel, no socket.

For a process that makes one report and ends (see `qpref.batch.pool`): nothing is shared with the
next one. `papermill --engine qpref` works too.
"""

import contextlib
import io
import re
from collections.abc import Callable
from typing import Any

import nbformat
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from papermill.engines import Engine, NotebookExecutionManager
from traitlets import Type
from traitlets.config import Config

from qpref.batch.parameters import INJECTED
from qpref.workbook import comfort

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def _outputs(part: DisplayPublisher | DisplayHook) -> list[NotebookNode]:
    """Return the outputs of the cell under way."""
    found: list[NotebookNode] = part.shell.outputs
    return found


class _Publisher(DisplayPublisher):
    """Keeps what a cell displays."""

    def publish(self, data: Any, metadata: Any = None, *_: Any, **__: Any) -> None:  # noqa: ANN401
        """Add an output."""
        content = {"output_type": "display_data", "data": data, "metadata": metadata or {}}
        _outputs(self).append(nbformat.from_dict(content))  # validated with the whole notebook


class _Hook(DisplayHook):
    """Keeps what a cell returns."""

    def write_output_prompt(self) -> None:
        """Write no prompt."""

    def write_format_data(
        self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None
    ) -> None:
        """Add an output, unless the object displayed itself."""
        if format_dict:
            content = {"data": format_dict, "metadata": md_dict or {}}
            count = self.prompt_count
            _outputs(self).append(
                nbformat.v4.new_output("execute_result", execution_count=count, **content)
            )

    def finish_displayhook(self) -> None:
        """Write no line end."""
        self._is_active = False


class _Shell(InteractiveShell):
    """A shell whose outputs of all kinds come in order, as a notebook holds them."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)

    def __init__(self) -> None:
        self.outputs: list[NotebookNode] = []
        # What a report runs is not what the analyst typed: nothing goes to their history.
        super().__init__(config=Config({"HistoryManager": {"enabled": False}}))

    def enable_gui(self, gui: object = None) -> None:
        """Open no window."""

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        lines = [_ANSI.sub("", line) for line in stb]
        self.outputs.append(
            nbformat.v4.new_output(
                "error", ename=etype.__name__, evalue=str(evalue), traceback=lines
            )
        )


class _Stream(io.TextIOBase):
    """What a cell prints, put with the other outputs when it prints it."""

    def __init__(self, name: str, outputs: list[NotebookNode]) -> None:
        self._name, self._outputs = name, outputs

    def write(self, text: str) -> int:
        """Add to the last output if it is of this stream, else begin one."""
        last = self._outputs[-1] if self._outputs else {}
        if last.get("name") == self._name:
            last["text"] += text
        elif text:
            self._outputs.append(nbformat.v4.new_output("stream", name=self._name, text=text))
        return len(text)

    def writable(self) -> bool:
        """Return that it is."""
        return True


def _run(shell: _Shell, cell: NotebookNode) -> bool:
    """Run a code cell into its outputs; return whether it succeeded."""
    shell.outputs.clear()
    out, err = (_Stream(name, shell.outputs) for name in ("stdout", "stderr"))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        # What papermill adds is not in the notebook of the analyst, who counts without it.
        is_own = INJECTED not in cell.metadata.get("tags", [])
        result = shell.run_cell(cell.source, store_history=is_own)
    cell.execution_count = shell.execution_count - 1
    cell.outputs = [*shell.outputs]
    return bool(result.success)


class InProcessEngine(Engine):
    """Papermill's contract, cell by cell, in this process."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,  # noqa: ARG003 - there is no kernel
        on_cell: Callable[[int], None] | None = None,
        **_: object,
    ) -> None:
        """
        Run the cells in order; stop at the first that fails, marked as papermill marks it.

        Parameters
        ----------
        nb_man
            Papermill's record of the run.
        kernel_name
            Not used.
        on_cell
            Called before each cell runs, with how many of the analyst's ran before it.
        """
        _Shell.clear_instance()
        shell = _Shell.instance()
        comfort.install()  # the workbook, loaded before any shell was there, could not
        for index, cell in enumerate(nb_man.nb.cells):
            nb_man.cell_start(cell, index)
            if on_cell and cell.cell_type == "code":
                on_cell(shell.execution_count - 1)
            is_done = cell.cell_type != "code" or _run(shell, cell)
            if not is_done:
                nb_man.cell_exception(cell, cell_index=index)
            nb_man.cell_complete(cell, cell_index=index)
            if not is_done:
                break
