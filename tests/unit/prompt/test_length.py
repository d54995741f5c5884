import pytest

from video2reward.artifacts.prompt import Prompt
from video2reward.errors import UserError
from video2reward.prompt.length import STEPS, Length, Window, fitted, prompt_tokens, tokens

# (text, tokens of GPT-4o's tokenizer (o200k_base), of Llama 2 without its opening mark), counted with gpt-tokenizer 4.0.0 and
# llama-tokenizer-js 1.2.2
COUNTED = [
    ("L_F_Paw: [0.828, -0.716], [0.772, -0.716], [0.719, -0.716], [0.668, -0.716], [0.615, -0.714]", 55, 77),
    ("weight_torque = 2.5e-05\n    temperature_linear = 0.25", 20, 24),
    ("The stride repeats; its 20 samples are evenly spaced from phase 0 to phase 0.95.", 22, 28),
]


@pytest.mark.parametrize(("text", "gpt", "llama"), COUNTED)
def test_no_tokenizer_finds_more_tokens(text, gpt, llama):
    assert max(gpt, llama) <= tokens(text) <= 2.2 * gpt


def test_blanks_are_free_and_other_alphabets_are_not():
    assert tokens("a b c") == 3 and tokens("    a") == 2 and tokens("torques") == 2
    assert tokens("m²") == 3 and tokens("犬") == 3 and tokens("") == 0


def build(length: Length) -> Prompt:
    """A prompt whose parts are as many words as their number: samples, source, versions."""
    parts = ["sample " * length.samples, "source " * (30 * length.source)]
    for name, versions in (
        ("components", (60, 30, 10)),
        ("similarity", (40,)),
        ("joints", (50, 20)),
        ("gait", (9,)),
    ):
        version = length.feedback.get(name, 0)
        parts.append(f"{name[:4]} " * (versions[version] if version < len(versions) else 0))
    return Prompt(({"role": "user", "content": "".join(parts)},), {})


def room(tokens_: int) -> Window:
    return Window(tokens_ + 200, 100)


def test_what_fits_is_whole():
    whole = build(Length())
    fits = prompt_tokens(whole.messages)
    assert fitted(build, room(fits)).messages == whole.messages == fitted(build, None).messages
    assert fitted(build, room(fits)).facts["shortened"] == []
    assert fitted(build, room(fits - 1)).facts["shortened"] == ["five values of each training curve"]


def test_each_further_step_is_shorter_and_none_is_taken_in_vain():
    whole = prompt_tokens(build(Length()).messages)
    last, seen = whole, []
    for size in range(whole, 0, -1):
        try:
            prompt = fitted(build, room(size))
        except UserError:
            break
        assert prompt_tokens(prompt.messages) <= size and prompt_tokens(prompt.messages) <= last
        last = prompt_tokens(prompt.messages)
        if prompt.facts["shortened"] not in seen:
            seen.append(prompt.facts["shortened"])
    assert seen[0] == [] and "no trend" not in seen[-1]  # there is no trend to leave out
    assert seen[-1][0] == "no training curves" and "gait " * 9 in prompt.messages[0]["content"]


def test_what_does_not_fit_at_all_says_what_to_raise():
    with pytest.raises(
        UserError, match="llm.context_tokens 230 leaves 30 besides two answers of llm.max_tokens 100"
    ):
        fitted(build, room(30))


def test_subjects_get_shorter_in_the_order_of_steps():
    samples = [left for subject, _, left in STEPS if subject == "samples"]
    assert samples == sorted(samples, reverse=True) and samples[-1] >= 10
