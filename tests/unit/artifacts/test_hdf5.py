"""HDF5 files that show other files' bytes, or claim more than memory holds."""

import os

import h5py
import numpy as np
import pytest

from video2reward.artifacts.hdf5 import open_h5
from video2reward.artifacts.io import read_h5
from video2reward.errors import UserError


def external_storage(file, secret):
    file.create_dataset("keypoints", (4, 4), "f8", external=[(str(secret), 0, 128)])


def external_link(file, secret):
    file["keypoints"] = h5py.ExternalLink(str(secret), "/keypoints")


def soft_link_to_an_external_one(file, secret):
    file["a/b/c"] = h5py.ExternalLink(str(secret), "/keypoints")
    file["keypoints"] = h5py.SoftLink("/a/b/c")


def group_of_another_file(file, secret):
    file["table"] = h5py.ExternalLink(str(secret), "/")


def virtual(file, secret):
    layout = h5py.VirtualLayout((4, 4), "f8")
    layout[:] = h5py.VirtualSource(str(secret), "keypoints", (4, 4))
    file.create_virtual_dataset("deep/er/keypoints", layout)


def storage_below_a_cycle(file, secret):
    file["a/b/back"] = file["a"] if "a" in file else file["/"]
    file["a/b"].create_dataset("x", (4, 4), "f8", external=[(str(secret), 0, 128)])


def storage_that_a_reference_leads_to(file, secret):
    hidden = file.create_dataset("z/hidden", (4, 4), "f8", external=[(str(secret), 0, 128)])
    file["keypoints"] = np.array([hidden.ref], h5py.ref_dtype)


def link_in_ten_thousand_folders(file, secret):
    group = file
    for _ in range(2000):
        group = group.create_group("g")
    group["x"] = h5py.ExternalLink(str(secret), "/keypoints")


OUTSIDE = [
    external_storage, external_link, soft_link_to_an_external_one, group_of_another_file, virtual, storage_below_a_cycle,
    storage_that_a_reference_leads_to, link_in_ten_thousand_folders,
]  # fmt: skip


def a_million_squared(file):
    file.create_dataset("keypoints", (10**6, 10**6), "f8", chunks=(10, 10))


def a_chunk_larger_than_its_data(file):
    file.create_dataset("keypoints", (10,), "f8", maxshape=(None,), chunks=(5 * 10**8,))


def many_that_are_each_small_enough(file):
    for i in range(20):
        file.create_dataset(f"k{i}", (10**8,), "f8", chunks=(1000,))


def a_million_texts(file):
    file.create_dataset("joint_names", (10**6,), h5py.string_dtype(), chunks=(1000,))


def a_million_texts_in_a_table(file):
    file.create_dataset("table", (10**6,), [("a", h5py.string_dtype()), ("b", "f8")], chunks=(1000,))


LARGE = [
    a_million_squared, a_chunk_larger_than_its_data, many_that_are_each_small_enough, a_million_texts,
    a_million_texts_in_a_table,
]  # fmt: skip


@pytest.fixture
def secret(tmp_path):
    """A file whose bytes are nobody's business, an HDF5 file too."""
    path = tmp_path / "secret.h5"
    with h5py.File(path, "w") as file:
        file["keypoints"] = np.full((4, 4), 42.0)
    return path


@pytest.mark.parametrize("make", OUTSIDE, ids=lambda make: make.__name__)
def test_what_lies_outside_the_file_is_refused_and_named(tmp_path, secret, make):
    path = tmp_path / "hostile.h5"
    with h5py.File(path, "w") as file:
        make(file, secret)
    with (
        pytest.raises(UserError, match="is not read; save everything in one file") as caught,
        open_h5(path),
    ):
        pytest.fail("it was opened")
    assert "hostile.h5" in str(caught.value) and "secret.h5" in str(caught.value)
    with pytest.raises(UserError, match="is not read"):
        read_h5(path)


@pytest.mark.parametrize("make", LARGE, ids=lambda make: make.__name__)
def test_what_no_memory_holds_is_refused_before_anything_is_read(tmp_path, make):
    path = tmp_path / "large.h5"
    with h5py.File(path, "w") as file:
        make(file)
    assert path.stat().st_size < 2_000_000
    with pytest.raises(UserError, match=r"large.h5.* declares .*e\+"), open_h5(path):
        pytest.fail("it was opened")


def test_links_within_the_file_are_followed(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["group/x"] = np.arange(3)
        file["group/back"] = file["/"]
        file["soft"] = h5py.SoftLink("/group/x")
        file["dangling"] = h5py.SoftLink("/nothing")
    with open_h5(tmp_path / "a.h5") as file:
        assert file["soft"][()].tolist() == [0, 1, 2]


def test_pipes_and_folders_are_no_files(tmp_path):
    os.mkfifo(tmp_path / "pipe.h5")  # reading it would wait for ever
    (tmp_path / "folder.h5").mkdir()
    for name in ("pipe.h5", "folder.h5"):
        with pytest.raises(UserError, match=f"{name} is not a file"):
            read_h5(tmp_path / name)
    with pytest.raises(UserError, match=r"gone.h5 does not exist"):
        read_h5(tmp_path / "gone.h5")


def test_an_artefact_with_a_group_for_an_array_is_damaged(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x/y"] = 1.0
        file["gone"] = h5py.SoftLink("/nothing")
    with pytest.raises(UserError, match="is not a readable HDF5 artefact"):
        read_h5(tmp_path / "a.h5")
