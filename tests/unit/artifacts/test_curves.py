import numpy as np
import pytest

from video2reward.artifacts.curves import read_curves
from video2reward.errors import UserError


def test_reads_tables_with_empty_cells(tmp_path):
    path = tmp_path / "training.csv"
    path.write_text("step,reward,reward/linear,success\n1,2,0.5,\n2,3,,-1\n")
    curves = read_curves(path)
    assert curves["step"].tolist() == [1, 2]
    assert np.isnan(curves["success"][0]) and np.isnan(curves["reward/linear"][1])
    path.write_text("step\n")
    assert read_curves(path) == {}
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="training table"):
        read_curves(path)
