"""Archives: the same files give the same bytes; hostile ones are refused before anything is written."""

import io
import lzma
import tarfile

import pytest

from video2reward.bundles import archive
from video2reward.bundles.archive import read_archive, write_archive
from video2reward.errors import UserError

FILES = {"amble/seed0/b.json": b"{}", "amble/a.py": b"x = 1\n", "empty": b""}


def packed(path, *members):
    """Write a tar.xz of (TarInfo, content) as they are."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        for member, data in members:
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    path.write_bytes(lzma.compress(content.getvalue()))
    return path


def named(name, kind=tarfile.REGTYPE, link=""):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    return member


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "b.tar.xz"
    path.write_bytes(write_archive(FILES))
    assert read_archive(path) == FILES


def test_the_same_files_give_the_same_bytes():
    assert write_archive(FILES) == write_archive(dict(reversed(FILES.items())))
    assert write_archive(FILES) != write_archive(FILES | {"empty": b"x"})


def test_owners_times_and_rights_do_not_travel(tmp_path):
    with tarfile.open(fileobj=io.BytesIO(lzma.decompress(write_archive(FILES)))) as tar:
        members = tar.getmembers()
    assert [m.name for m in members] == sorted(FILES)
    assert {(m.uid, m.gid, m.uname, m.gname, m.mtime, m.mode) for m in members} == {(0, 0, "", "", 0, 0o644)}


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("/etc/passwd", "leaves the folder"),
        ("../outside", "leaves the folder"),
        ("amble/../../outside", "leaves the folder"),
        ("./amble/a.py", "leaves the folder"),
        ("amble//a.py", "leaves the folder"),
        ("..\\outside", "leaves the folder"),
    ],
)
def test_names_that_leave_the_folder(tmp_path, name, fault):
    with pytest.raises(UserError, match=fault):
        read_archive(packed(tmp_path / "b.tar.xz", (named(name), b"x")))


@pytest.mark.parametrize(
    "kind",
    [
        tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.DIRTYPE,
    ],
)  # fmt: skip
def test_only_plain_files(tmp_path, kind):
    path = packed(
        tmp_path / "b.tar.xz", (named("amble/a.py"), b"x"), (named("link", kind, "amble/a.py"), b"")
    )
    with pytest.raises(UserError, match="'link' is no plain file"):
        read_archive(path)


def test_a_name_that_comes_twice(tmp_path):
    path = packed(tmp_path / "b.tar.xz", (named("a"), b"good"), (named("a"), b"bad"))
    with pytest.raises(UserError, match="comes twice"):
        read_archive(path)


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MOST_UNPACKED", 10**6)
    path = packed(tmp_path / "b.tar.xz", (named("a"), bytes(10**7)))
    assert path.stat().st_size < 10_000
    with pytest.raises(UserError, match="unpacks to more than 1 MB"):
        read_archive(path)


def test_a_decompressor_that_wants_too_much_memory(tmp_path):
    path = tmp_path / "b.tar.xz"
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 2**29}]
    path.write_bytes(lzma.compress(bytes(10_000), filters=filters))
    with pytest.raises(UserError, match="damaged or no bundle"):
        read_archive(path)


def test_too_many_files(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MOST_FILES", 2)
    with pytest.raises(UserError, match="more than 2 files"):
        read_archive(packed(tmp_path / "b.tar.xz", *((named(str(n)), b"") for n in range(3))))


def test_a_file_that_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MOST_PACKED", 10)
    path = tmp_path / "b.tar.xz"
    path.write_bytes(write_archive(FILES))
    with pytest.raises(UserError, match="at most"):
        read_archive(path)


@pytest.mark.parametrize("damage", ["cut", "flipped", "text", "empty", "longer", "not a tar"])
def test_damage_is_a_sentence(tmp_path, damage):
    whole = write_archive(FILES)
    path = tmp_path / "b.tar.xz"
    path.write_bytes(
        {
            "cut": whole[:-20],
            "flipped": whole[:60] + bytes([whole[60] ^ 255]) + whole[61:],
            "text": b"hello, this is no archive",
            "empty": b"",
            "longer": whole + b"more",
            "not a tar": lzma.compress(b"x" * 3000),
        }[damage]
    )
    with pytest.raises(UserError, match="damaged or no bundle"):
        read_archive(path)


def test_a_missing_file(tmp_path):
    with pytest.raises(UserError, match="does not exist"):
        read_archive(tmp_path / "b.tar.xz")
