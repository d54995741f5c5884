import pytest

from video2reward import registry
from video2reward.errors import UserError
from video2reward.registry import Registry

ALL = [value for value in vars(registry).values() if isinstance(value, Registry)]


def test_a_name_is_registered_once():
    r = Registry("colour", {"red": "colours:Red"})
    with pytest.raises(ValueError, match="already registered"):
        r.add("red", "colours:Crimson")


def test_unknown_names_get_the_nearest():
    with pytest.raises(UserError, match="unknown colour 'rde'. Did you mean 'red'"):
        Registry("colour", {"red": "colours:Red", "blue": "colours:Blue"}).load("rde")


@pytest.mark.parametrize(
    ("kind", "name"), [(r.kind, name) for r in ALL for name in r.targets if name != "mediapipe"]
)
def test_every_target_loads(kind, name):
    chosen = next(r for r in ALL if r.kind == kind)
    assert chosen.load(name).__module__ == chosen.module(name)
