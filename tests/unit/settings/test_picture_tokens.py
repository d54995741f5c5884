"""Tokens of pictures as published, and pictures that are shrunk to a budget."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video2reward.errors import UserError
from video2reward.settings.llm import LLM
from video2reward.settings.picture_tokens import RULES, check_budget, rule_of, within_budget

SIDES = st.integers(64, 4096)


@pytest.mark.parametrize(
    ("model", "size", "tokens"),
    [
        # OpenAI's own examples, and those that its users were billed
        ("gpt-4o", (1024, 1024), 765),
        ("gpt-4o-2024-11-20", (2048, 4096), 1105),
        ("gpt-4.1", (128, 64), 255),
        ("gpt-4o-mini", (128, 64), 8500),
        ("o3-2025-04-16", (128, 64), 225),
        ("gpt-5", (128, 64), 210),
        ("gpt-4.1-mini", (1024, 1024), 1659),
        ("o4-mini", (128, 64), 14),
        ("gpt-4.1-nano", (128, 64), 20),
        ("openai/gpt-5-mini", (4000, 4000), 2489),
        # Qwen's smart_resize: 16 x 12 and 18 x 14 merged patches of 28 px, 32 x 32 of 32 px; two marks
        ("Qwen/Qwen2.5-VL-7B-Instruct", (448, 336), 194),
        ("qwen2.5vl:7b", (504, 392), 254),
        ("Qwen/Qwen3-VL-8B-Instruct", (1024, 1024), 1026),
        # Google's: up to 384 px one tile, 960x540 six
        ("gemini-2.5-flash", (384, 384), 258),
        ("google/gemini-2.0-flash", (960, 540), 6 * 258),
        ("gemini-3-pro-preview", (2000, 100), 1120),
    ],
)
def test_pictures_are_counted_as_published(model, size, tokens):
    _, rule = rule_of(LLM(model=model))
    assert rule(*size) == tokens


def test_a_model_out_of_the_table_is_told_by_a_setting():
    assert rule_of(LLM(model="llava")) is None
    assert rule_of(LLM(model="my-finetune", picture_rule="qwen2-vl"))[0] == "qwen2-vl"
    assert rule_of(LLM(model="llava", picture_rule=576))[1](4000, 3000) == 576
    with pytest.raises(
        UserError, match=r"llm\.picture_rule: unknown rule 'qwen2vl'. Did you mean 'qwen2-vl'"
    ):
        rule_of(LLM(picture_rule="qwen2vl"))
    with pytest.raises(UserError, match="how llava counts pictures is not known; set llm.picture_rule"):
        check_budget(LLM(model="llava", picture_budget=500))
    with pytest.raises(
        UserError, match="less than the smallest picture costs by the rule gpt-4o-mini; .* 8500"
    ):
        check_budget(LLM(model="gpt-4o-mini", picture_budget=8000))


@given(st.sampled_from(sorted(RULES)), SIDES, SIDES, st.integers(100, 20_000))
def test_a_shrunk_picture_keeps_its_budget_and_its_shape(rule, width, height, budget):
    llm = LLM(picture_rule=rule, picture_budget=budget)
    try:
        across, down = within_budget(llm, width, height)
    except UserError as error:
        quarter = RULES[rule](round(width / 4), round(height / 4))
        assert quarter > budget and "picture_budget" in str(error)
        return
    assert RULES[rule](across, down) <= budget == llm.most_picture_tokens
    step = round(16 * across / width)
    assert 4 <= step <= 16
    assert abs(across - step / 16 * width) <= 0.5 and abs(down - step / 16 * height) <= 0.5


@given(st.sampled_from(sorted(RULES)), SIDES, SIDES)
def test_without_a_budget_or_with_room_nothing_is_shrunk(rule, width, height):
    assert within_budget(LLM(picture_rule=rule), width, height) == (width, height)
    room = LLM(picture_rule=rule, picture_budget=RULES[rule](width, height))
    assert within_budget(room, width, height) == (width, height)
