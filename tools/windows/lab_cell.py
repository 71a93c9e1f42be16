"""Open the lab as `qpref labo` does, run one cell in its kernel over its own interface, and end it.

Run by the Windows Python: `lab_cell.py PROJECT`. It prints what the cell printed.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
import uuid
from pathlib import Path

import websocket

from qpref.labo.launch import command, environment
from qpref.labo.workshop import prepare
from qpref.project import Project

PORT, TOKEN, PATIENCE = 8931, uuid.uuid4().hex, 240
CELL = "import qpref; print('cellule', qpref.ouvrir('evry', '2020-11') is not None)"


def ask(path: str, data: object = None) -> str:
    """Return what the server says."""
    body = None if data is None else json.dumps(data).encode()
    headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
    asked = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", body, headers)
    with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
        return answer.read().decode()


def until_it_answers() -> str:
    """Wait for the server."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return ask("/api/status")
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(1)


def run_cell(kernel: str) -> str:
    """Run the cell; return what it printed, or the error."""
    link = websocket.create_connection(
        f"ws://127.0.0.1:{PORT}/api/kernels/{kernel}/channels?token={TOKEN}", timeout=PATIENCE
    )
    header = {"msg_id": uuid.uuid4().hex, "username": "", "session": uuid.uuid4().hex,
              "msg_type": "execute_request", "version": "5.3"}  # fmt: skip
    content = {"code": CELL, "silent": False, "store_history": False, "user_expressions": {},
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


project = Project.find(Path(sys.argv[1]))
folder, _ = prepare(project)
line = [*command(project, folder, PORT, has_browser=False), f"--IdentityProvider.token={TOKEN}"]
with Path(sys.argv[1], "labo.log").open("wb") as log:
    server = subprocess.Popen(  # noqa: S603
        line, env=environment(project, os.environ), stdin=subprocess.DEVNULL, stdout=log, stderr=log
    )
    try:
        until_it_answers()
        page = ask(f"/lab/tree/{folder}/00_accueil.ipynb")
        sys.stdout.write(f"page {'jupyter-config-data' in page}\n")
        kernel = json.loads(ask("/api/kernels", {"name": "python3"}))["id"]
        sys.stdout.write(run_cell(kernel).strip() + "\n")
    finally:
        server.terminate()
        server.wait()
