"""A LimeSurvey server that speaks RemoteControl 2, as far as answers are asked of it.

What it says is what `remotecontrol_handle.php` of LimeSurvey says (00109dd): a refusal is a result
with a « status », an export is a text in base 64.
"""

import base64
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

USER, KEY = "cellule.qualite", "cle-du-serveur-7Jq"
PATH = "/lime/index.php/admin/remotecontrol"


@dataclass
class FakeServer:
    """What it holds, what it was asked, and how it misbehaves."""

    answers: dict[int, bytes] = field(default_factory=dict)
    asked: list[tuple[str, list]] = field(default_factory=list)
    sessions: set[str] = field(default_factory=set)
    status: int = 200
    body: bytes | None = None
    location: str = ""
    port: int = 0

    def address(self, survey: int) -> str:
        return f"limesurvey://127.0.0.1:{self.port}/lime/{survey}"

    def result(self, method, given):
        if method == "get_session_key":
            if tuple(given[:2]) != (USER, KEY):
                return {"status": "Invalid user name or password"}
            self.sessions.add("session")
            return "session"
        if given[0] not in self.sessions:
            return {"status": "Invalid session key"}
        if method == "release_session_key":
            self.sessions.discard(given[0])
            return "OK"
        assert method == "export_responses"
        return self.export(*given[1:3])

    def export(self, survey, kind):
        assert kind == "csv"
        if survey not in self.answers:
            return {"status": "No permission"}
        if not self.answers[survey]:
            return {"status": "No Data, could not get max id."}
        return base64.b64encode(self.answers[survey]).decode()


def _handler(server):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            content = self.rfile.read(int(self.headers["content-length"]))
            asked = json.loads(content)
            server.asked.append((asked["method"], asked["params"]))
            found = server.status if self.path == PATH else 404
            self.send_response(found)
            if server.location:
                self.send_header("location", server.location)
            body = server.body
            if body is None:
                result = server.result(asked["method"], asked["params"])
                body = json.dumps({"id": asked["id"], "result": result, "error": None}).encode()
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *given):
            pass

    return Handler


@contextmanager
def running():
    """Give a server on this machine, stopped afterwards."""
    fake = FakeServer()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake)) as server:
        fake.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()
