"""Who answers on a port is the process that was started, and not another that was faster."""

from __future__ import annotations

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from uuid import uuid4

import pytest

from sentiment.errors import ServiceError
from sentiment.service import processes
from sentiment.service.client import is_healthy
from steps.deployment.server import PortTakenError, Server, wait_until_healthy

SERVES = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Healthy(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *_): pass
server = HTTPServer(("127.0.0.1", 0), Healthy)
print(server.server_port, flush=True)
server.serve_forever()
"""


class Healthy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@pytest.fixture
def stranger():
    """Somebody else's healthy server."""
    server = HTTPServer(("127.0.0.1", 0), Healthy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def described(tmp_path, pid, port, service_id):
    log = tmp_path / "server.log"
    return Server(service_id=service_id, address=f"http://127.0.0.1:{port}", pid=pid, log_file=log, version="1")


@pytest.mark.parametrize(
    ("log", "error"), [("[Errno 98] Address already in use", PortTakenError), ("out of memory", ServiceError)]
)
def test_a_stranger_who_answers_does_not_make_a_server_healthy(stranger, tmp_path, log, error):
    (tmp_path / "server.log").write_text(log)
    with subprocess.Popen([sys.executable, "-c", "", str(uuid4())]) as ended:
        pass
    assert is_healthy(f"http://127.0.0.1:{stranger}")
    with pytest.raises(error):
        wait_until_healthy(described(tmp_path, ended.pid, stranger, uuid4()))


def test_the_process_that_listens_is_known_by_its_port(stranger, tmp_path):
    service_id = uuid4()
    with subprocess.Popen([sys.executable, "-c", SERVES, str(service_id)], stdout=subprocess.PIPE, text=True) as own:
        try:
            port = int(own.stdout.readline())
            assert processes.listens(own.pid, port)
            assert not processes.listens(own.pid, stranger)
            wait_until_healthy(described(tmp_path, own.pid, port, service_id))
        finally:
            own.kill()
