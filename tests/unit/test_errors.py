"""Which errors are a disk's, however they are wrapped."""

import errno
import os

import pytest

from video2reward.errors import disk_trouble


def wrapped(outer, inner):
    try:
        try:
            raise inner
        except type(inner) as error:
            raise outer from error
    except type(outer) as error:
        return error


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/x/out.h5"), "no space left.*/x/out.h5"),
        (OSError(errno.EDQUOT, "x"), "quota is used up"),
        (PermissionError(errno.EACCES, "x", "/x"), "permission denied"),
        (OSError(errno.EROFS, "x"), "read-only"),
        # as h5py words it
        (
            RuntimeError(
                "Can't decrement id ref count (file write failed: time = now, filename = 'x', errno = 28, "
                "error message = 'No space left on device', buf = 0x1, total write size = 2048)"
            ),
            "no space left",
        ),
        (OSError("Unable to synchronously flush file (errno = 122, error message = '')"), "quota"),
        (wrapped(ValueError("cannot save"), OSError(errno.ENOSPC, "x")), "no space left"),
    ],
)
def test_a_disk_that_cannot_be_written_is_told_with_the_way_out(error, part):
    with pytest.raises(AssertionError, match=part):
        raise AssertionError(disk_trouble(error))
    assert "run the same command again" in disk_trouble(error)


@pytest.mark.parametrize(
    "error",
    [FileNotFoundError(errno.ENOENT, "x"), ValueError("errno = 280,"), RuntimeError("shape"), OSError()],
)
def test_other_errors_are_none_of_it(error):
    assert disk_trouble(error) is None
