import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.unit.video.films import write

from video2reward.errors import UserError
from video2reward.video import online
from video2reward.video.decode import decode
from video2reward.video.online import cached, get_video

STAMPS = [40 * i for i in range(12)]


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder; `short` files break off, and every request is noted."""

    def __init__(self, *args, notes, short, **kwargs):
        self.notes, self.short = notes, short
        super().__init__(*args, **kwargs)

    def do_GET(self):
        self.notes.append(self.path)
        super().do_GET()

    def copyfile(self, source, outputfile):
        content = source.read()
        outputfile.write(content[: len(content) // 2] if self.path.lstrip("/") in self.short else content)

    def log_message(self, *_):
        pass


class Site:
    def __init__(self, folder):
        self.folder, self.notes, self.short = folder, [], set()
        handler = partial(Handler, directory=str(folder), notes=self.notes, short=self.short)
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A web server on the loopback with a film, and a cache of the test's own."""
    monkeypatch.setenv(online.FOLDER, str(tmp_path / "cache"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "site"
    folder.mkdir()
    write(folder / "dog.mp4", STAMPS)
    served = Site(folder)
    thread = threading.Thread(target=served.http.serve_forever, daemon=True)
    thread.start()
    yield served
    served.http.shutdown()
    served.http.server_close()


def test_a_file_is_downloaded_once(site, capsys):
    address = f"{site.url}/dog.mp4?token=a%20b"
    path = get_video(address)
    assert path.read_bytes() == (site.folder / "dog.mp4").read_bytes()
    assert path.name.endswith("-dog.mp4")
    asked = len(site.notes)
    assert "downloading the video from" in capsys.readouterr().err
    assert get_video(address) == path
    assert len(site.notes) == asked
    assert [p.name for p in path.parent.iterdir() if not p.name.startswith(".")] == [path.name]


def test_addresses_that_end_alike_are_kept_apart(site):
    (site.folder / "b").mkdir()
    write(site.folder / "b" / "dog.mp4", STAMPS[:5])
    first, second = get_video(f"{site.url}/dog.mp4"), get_video(f"{site.url}/b/dog.mp4")
    assert (len(list(decode(first))), len(list(decode(second)))) == (12, 5)


def test_a_film_put_into_the_cache_by_hand_is_taken(site):
    address = f"{site.url}/gone.mp4"
    with pytest.raises(UserError, match=f"404 .*put it at {cached(address)}"):
        get_video(address)
    cached(address).write_bytes((site.folder / "dog.mp4").read_bytes())
    assert len(list(decode(get_video(address)))) == 12


def test_a_download_that_breaks_off_leaves_nothing(site):
    site.short.add("dog.mp4")
    with pytest.raises(UserError, match=r"the video cannot be downloaded \(.*broke off"):
        get_video(f"{site.url}/dog.mp4")
    assert not cached(f"{site.url}/dog.mp4").exists()
    site.short.clear()
    assert len(list(decode(get_video(f"{site.url}/dog.mp4")))) == 12


def test_what_is_no_video_is_not_kept(site):
    (site.folder / "dog.pdf").write_bytes(b"%PDF-1.7 no film" * 50)
    with pytest.raises(
        UserError, match=r"dog.pdf delivers 800 bytes that are not a video \(.*it.*\); open it in a browser"
    ):
        get_video(f"{site.url}/dog.pdf")
    assert not cached(f"{site.url}/dog.pdf").exists()


def test_without_a_server_the_sentence_says_where_to_put_the_film(site):
    site.http.server_close()
    address = f"{site.url}/dog.mp4"
    with pytest.raises(
        UserError,
        match=f"cannot be downloaded .*download {address} elsewhere and put it at {cached(address)}",
    ):
        get_video(address)


PAGE = "<html><head><title>A dog</title></head><body><video src='dog.mp4' type='video/mp4'></video></body></html>"


def test_the_film_of_a_page_comes_by_yt_dlp(site):
    pytest.importorskip("yt_dlp")
    (site.folder / "page.html").write_text(PAGE)
    path = get_video(f"{site.url}/page.html")
    assert path.read_bytes() == (site.folder / "dog.mp4").read_bytes()


def test_a_page_without_a_film(site):
    pytest.importorskip("yt_dlp")
    (site.folder / "page.html").write_text("<html><body>Nothing to see</body></html>")
    with pytest.raises(
        UserError, match=r"yt-dlp cannot get a video from .*page.html \(.+\); give the address of the file"
    ):
        get_video(f"{site.url}/page.html")
    assert not cached(f"{site.url}/page.html").exists()


def test_a_page_without_yt_dlp_says_how_to_install_it(site, monkeypatch):
    monkeypatch.setattr(online, "page_reader", lambda: None)
    (site.folder / "page.html").write_text(PAGE)
    with pytest.raises(
        UserError,
        match=r"page.html is a web page, not a video file: install yt-dlp.*pip install yt-dlp\), and run again",
    ):
        get_video(f"{site.url}/page.html")
