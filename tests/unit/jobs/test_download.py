"""Downloads from a real HTTP server on the loopback."""

import hashlib
import io
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.waiting import wait_until

from video2reward.errors import UserError
from video2reward.jobs.download import fetch

MODEL = bytes(range(256)) * 20_000  # 5 MB
SHA = hashlib.sha256(MODEL).hexdigest()


def packed(**files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(
                name.replace("__", "/").replace("_onnx", ".onnx").replace("_json", ".json"), data
            )
    return content.getvalue()


PAGES = {
    "/m.onnx": MODEL,
    "/slow.onnx": MODEL,
    "/cut.onnx": MODEL,
    "/page.onnx": b"<html>please log in</html>",
    "/m.zip": packed(sdk__end2end_onnx=MODEL, sdk__detail_json=b"{}"),
    "/two.zip": packed(a_onnx=b"1", b_onnx=b"2"),
    "/none.zip": packed(a_json=b"1"),
    "/page.zip": b"<html>please log in</html>",
    "/endless.onnx": MODEL,
    "/bomb.zip": packed(a_onnx=bytes(30_000_000)),
    "/torn.zip": packed(sdk__end2end_onnx=MODEL)[:-200],
}


@pytest.fixture
def server():
    """A server of PAGES; .asked lists the paths that were asked for, .agents who asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            web.asked.append(self.path)
            web.agents.add(self.headers["User-Agent"])
            if self.path not in PAGES:
                return self.send_error(404)
            content = PAGES[self.path]
            self.send_response(200)
            if "endless" not in self.path:  # the rest of the protocol's ways: until the connection closes
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if "endless" in self.path:
                for _ in range(200):
                    with suppress(BrokenPipeError, ConnectionResetError):
                        self.wfile.write(content[:1_000_000])
                return None
            if self.path == "/cut.onnx":
                return self.wfile.write(content[:3_000_000])
            for start in range(0, len(content), 1_000_000):
                if self.path == "/slow.onnx":
                    time.sleep(0.6)
                with suppress(BrokenPipeError):  # whoever asked was killed
                    self.wfile.write(content[start : start + 1_000_000])

        def log_message(self, *_):
            pass

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.asked, web.agents = [], set()
    web.at = f"http://127.0.0.1:{web.server_port}"
    thread = threading.Thread(target=web.serve_forever)
    thread.start()
    yield web
    web.shutdown()
    web.server_close()
    thread.join()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "models" / "toy.onnx"


def left(path):
    """What lies in the folder but the lock."""
    return sorted(p.name for p in path.parent.iterdir() if p.suffix != ".lock")


@pytest.mark.parametrize("page", ["/m.onnx", "/m.zip"])
def test_a_file_is_fetched_once_with_progress(server, path, capsys, page):
    fetch("toy", [server.at + page], path, SHA)
    assert path.read_bytes() == MODEL
    assert left(path) == ["toy.onnx"]
    said = capsys.readouterr().err
    assert f"downloading toy from {server.at}{page} to {path}" in said
    size = -(-len(PAGES[page]) // 1_000_000)
    assert f"toy: {size}/{size} MB" in said and "MB/s" in said
    fetch("toy", [server.at + page], path, SHA)
    assert server.asked == [page]
    assert server.agents == {"video2reward"}


@pytest.mark.slow
def test_a_slow_download_says_how_long_it_will_take(server, path, capsys):
    fetch("toy", [f"{server.at}/slow.onnx"], path, SHA)
    said = capsys.readouterr().err.splitlines()
    assert any(line.startswith("toy: ") and line.endswith("s left") and "/6 MB" in line for line in said)


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("/page.onnx", f"its SHA-256 is .*, expected {SHA[:16]}"),
        ("/cut.onnx", r"the download broke off after 3.0 of 5.1 MB|IncompleteRead"),
        ("/gone.onnx", "the server answers 404 Not Found"),
        ("/page.zip", "not a readable zip archive"),
        ("/torn.zip", "not a readable zip archive"),
        ("/two.zip", "the archive holds 2 .onnx files, expected one"),
        ("/none.zip", "the archive holds 0 .onnx files"),
    ],
)
def test_what_is_not_the_file_never_appears(server, path, page, message):
    with pytest.raises(UserError, match=message) as error:
        fetch("toy", [server.at + page], path, SHA)
    by_hand = path if page.endswith(".onnx") else path.with_name(page[1:])
    assert f"download {server.at}{page} elsewhere and put it at {by_hand}" in str(error.value)
    assert left(path) == []


def test_without_a_network_the_error_says_what_to_put_where(server, path):
    server.shutdown()
    server.server_close()
    with pytest.raises(UserError, match=f"toy cannot be downloaded .*refused.*put it at {path}"):
        fetch("toy", [f"{server.at}/m.onnx"], path, SHA)
    with pytest.raises(UserError, match=r"\(no.such.host.invalid: "):
        fetch("toy", ["http://no.such.host.invalid/m.onnx"], path, SHA)


def test_the_next_address_is_tried(server, path):
    fetch("toy", [f"{server.at}/{page}" for page in ("gone.zip", "cut.onnx", "m.zip", "m.onnx")], path, SHA)
    assert path.read_bytes() == MODEL
    assert server.asked == ["/gone.zip", "/cut.onnx", "/m.zip"]


def test_an_archive_brought_by_hand_is_unpacked(server, path):
    path.parent.mkdir()
    path.with_name("m.zip").write_bytes(PAGES["/m.zip"])
    fetch("toy", [f"{server.at}/m.zip"], path, SHA)
    assert path.read_bytes() == MODEL
    assert server.asked == []
    path.unlink()
    path.with_name("m.zip").write_bytes(PAGES["/torn.zip"])
    with pytest.raises(
        UserError, match=r"m.zip is not toy's archive: not a readable zip.*; delete it or copy it again"
    ):
        fetch("toy", [f"{server.at}/m.zip"], path, SHA)


@pytest.mark.slow
def test_two_processes_at_once_download_once(server, path):
    code = f"from video2reward.jobs.download import fetch; fetch('toy', ['{server.at}/slow.onnx'], Path({str(path)!r}), '{SHA}')"
    command = [sys.executable, "-c", f"from pathlib import Path; {code}"]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=60)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert path.read_bytes() == MODEL
    assert server.asked == ["/slow.onnx"]
    assert sum("another process is downloading toy: waiting for it" in text for text in said) == 1


def test_a_killed_download_leaves_nothing_in_the_way(server, path):
    code = f"from video2reward.jobs.download import fetch; fetch('toy', ['{server.at}/slow.onnx'], Path({str(path)!r}), '{SHA}')"
    process = subprocess.Popen([sys.executable, "-c", f"from pathlib import Path; {code}"])
    wait_until(lambda: server.asked, 60, "the download asks its server", process)
    time.sleep(1.0)
    process.kill()
    process.wait()
    assert not path.exists()
    fetch("toy", [f"{server.at}/m.onnx"], path, SHA)
    assert path.read_bytes() == MODEL


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("/endless.onnx", "it sends more than the limit"),
        ("/m.onnx", "it has 5 MB, and the limit is 3 MB"),
        ("/bomb.zip", "unpacks to more than 3 MB"),
    ],
)
def test_what_does_not_end_is_not_taken(server, path, monkeypatch, page, message):
    monkeypatch.setattr("video2reward.jobs.download.LARGEST", 3_000_000)
    with pytest.raises(UserError, match=message):
        fetch("toy", [server.at + page], path, SHA)
    assert left(path) == []
