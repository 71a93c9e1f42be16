"""The lab, opened under wine as a user opens it, and used as a browser uses it: over its own port.

A program of Windows under wine listens on the ports of this machine.
"""

import json
import os
import re
import signal
import subprocess
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import websocket
import wine
from wine_steps import Failed, keep

PORT, PATIENCE = 8931, 300
HOME = "00_accueil.ipynb"


class Lab:
    """A lab that was started, and what is asked of it."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._address = f"127.0.0.1:{PORT}"

    def ask(self, path: str, data: object = None) -> str:
        """Return what the server says."""
        body = None if data is None else json.dumps(data).encode()
        headers = {"Authorization": f"token {self._token}", "Content-Type": "application/json"}
        asked = urllib.request.Request(f"http://{self._address}{path}", body, headers)
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310
            return str(answer.read().decode())

    def answers(self) -> bool:
        """Tell whether it answers yet."""
        try:
            self.ask("/api/status")
        except OSError:
            return False
        return True

    def is_home_open(self, folder: str) -> bool:
        """Tell whether the page of the home notebook comes, and the notebook with it."""
        page = self.ask(f"/lab/tree/{folder}/{HOME}")
        notebook = json.loads(self.ask(f"/api/contents/{folder}/{HOME}"))
        return "jupyter-config-data" in page and bool(notebook["content"]["cells"])

    def run_cell(self, folder: str, code: str) -> str:
        """Open a session on the home notebook; return what a cell printed, or its error."""
        asked = {"path": f"{folder}/{HOME}", "type": "notebook", "name": HOME,
                 "kernel": {"name": "python3"}}  # fmt: skip
        kernel = json.loads(self.ask("/api/sessions", asked))["kernel"]["id"]
        link = websocket.create_connection(
            f"ws://{self._address}/api/kernels/{kernel}/channels?token={self._token}",
            timeout=PATIENCE,
        )
        return executed(link, code)


def executed(link: websocket.WebSocket, code: str) -> str:
    """Run a cell in the kernel at the end of a link."""
    header = {"msg_id": uuid.uuid4().hex, "username": "", "session": uuid.uuid4().hex,
              "msg_type": "execute_request", "version": "5.3"}  # fmt: skip
    content = {"code": code, "silent": False, "store_history": False, "user_expressions": {},
               "allow_stdin": False, "stop_on_error": True}  # fmt: skip
    link.send(json.dumps({"header": header, "parent_header": {}, "metadata": {},
                          "content": content, "channel": "shell"}))  # fmt: skip
    said = ""
    while True:
        message = json.loads(link.recv())
        if message["parent_header"].get("msg_id") != header["msg_id"]:
            continue
        if message["msg_type"] == "stream":
            said += message["content"]["text"]
        elif message["msg_type"] == "error":
            return "\n".join(message["content"]["traceback"])
        elif message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return said


@contextmanager
def opened(name: str, *words: str | Path, cwd: Path, answers: str = "") -> Iterator[Lab]:
    """
    Start what opens a lab, wait until it answers, then end it as its menu « Arrêter » does.

    Parameters
    ----------
    name
        Of the step.
    words
        Program of Windows, with what follows.
    cwd
        Where it is started.
    answers
        What is typed, to whom asks.
    """
    lab = Lab(token := uuid.uuid4().hex)
    if lab.answers():
        raise Failed(f"{name} : le port {PORT} est déjà pris")
    process = subprocess.Popen(  # noqa: S603
        wine.command(*words), cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True,
        env=wine.surroundings() | {"JUPYTER_TOKEN": token, "JUPYTER_PORT": str(PORT)},
    )  # fmt: skip
    said: list[bytes] = []
    pipes = process.stdin, process.stdout
    reading = threading.Thread(target=lambda: said.extend(pipes[1] or ()), daemon=True)
    reading.start()
    try:
        with pipes[0]:  # type: ignore[union-attr]
            pipes[0].write(answers.encode())  # type: ignore[union-attr]
        wait(lab, process, name)
        yield lab
        lab.ask("/api/shutdown", {})
        code = process.wait(timeout=PATIENCE)
        if code:
            raise Failed(f"{name} : code {code} à la fermeture")
    except (Failed, OSError, subprocess.SubprocessError) as error:
        end(process)
        tail = b"".join(said).decode(errors="replace").strip()[-300:]
        raise Failed(f"{name} : {error} ; {tail}") from error
    finally:
        reading.join(timeout=10)
        keep(name, b"".join(said).decode(errors="replace"))


def wait(lab: Lab, process: subprocess.Popen[bytes], name: str) -> None:
    """Wait until a lab answers."""
    until = time.monotonic() + PATIENCE
    while not lab.answers():
        if process.poll() is not None or time.monotonic() > until:
            raise Failed(f"{name} : l’atelier ne répond pas (code {process.poll()})")
        time.sleep(1)


def end(process: subprocess.Popen[bytes]) -> None:
    """End what was started, with what it started itself."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    subprocess.run(["wineserver", "--kill"], env=wine.surroundings(), check=False)  # noqa: S607


def used(lab: Lab, folder: str, site: str, campaign: str) -> Iterator[str]:
    """Yield what is done in a lab: its home page, then a cell that opens the answers of a site."""
    if not lab.is_home_open(folder):
        raise Failed("la page d’accueil de l’atelier ne s’ouvre pas")
    yield "l’atelier répond, la page d’accueil s’ouvre"
    code = f"import qpref; print('cellule', len(qpref.ouvrir({site!r}, {campaign!r})))"
    said = lab.run_cell(folder, code).strip()
    if not re.fullmatch(r"cellule [1-9][0-9]*", said):
        raise Failed(f"cellule : {said[-300:]}")
    yield f"une cellule qui ouvre les réponses d’un site est exécutée ({said.split()[-1]} réponses)"
