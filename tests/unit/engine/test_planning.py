import gc

import pytest
import snakemake.common
import snakemake.rules
from snakemake.common import overwrite_function_params

from video2reward.engine.planning import NEW_OBJECTS, plan_faster


@pytest.fixture
def planning(monkeypatch):
    for module in (snakemake.common, snakemake.rules):
        monkeypatch.setattr(module, "get_function_params", module.get_function_params)
    before = gc.get_threshold()
    plan_faster()
    yield snakemake.rules.get_function_params
    gc.set_threshold(*before)


class Chosen:
    def files(self, wildcards, attempt):
        return [wildcards, attempt]


def test_functions_take_what_they_took(planning):
    assert list(planning(lambda wildcards, input: None)) == ["wildcards", "input"]
    assert list(planning(Chosen().files)) == list(planning(Chosen().files)) == ["wildcards", "attempt"]
    options = planning(lambda wildcards, **others: None)
    assert [parameter.kind.name for parameter in options.values()] == ["POSITIONAL_OR_KEYWORD", "VAR_KEYWORD"]

    def told(*arguments):
        return arguments

    overwrite_function_params(told, ["wildcards", "output"])
    assert planning(told) == ["wildcards", "output"]


def test_each_function_is_looked_at_once(planning, monkeypatch):
    function = lambda wildcards: None  # noqa: E731
    first = planning(function)
    monkeypatch.setattr("inspect.signature", None)
    assert planning(function) is first


def test_again_it_changes_nothing(planning):
    plan_faster()
    assert snakemake.rules.get_function_params is snakemake.common.get_function_params is planning
    assert gc.get_threshold()[0] == NEW_OBJECTS
