import json
import re
from pathlib import Path

from tests.unit.explain.test_cost import asking, checking, paid

from video2reward.engine.graph import PlannedJob
from video2reward.explain.cost import PastAnswers as Answers
from video2reward.explain.cost import forecasts
from video2reward.explain.duration import STATED, PastJob, estimate, steps_in
from video2reward.explain.estimate import estimate_page
from video2reward.explain.status import WIDTH
from video2reward.settings.prices import read_prices

PRICES = read_prices(Path(__file__).resolve().parents[3] / "resources" / "prices.yaml")


def configuration(rounds=2, candidates=3, **llm):
    """The jobs of an experiment, each round's after the one before."""
    jobs, last = (
        [PlannedJob("train_base", settings=json.dumps({"training": {"base_steps": 2_000_000}}), runs=True)],
        (),
    )
    for n in range(1, rounds + 1):
        asked = [asking(n=n, **llm) for _ in range(candidates)]
        for k, job in enumerate(asked, start=1):
            job.wildcards.update({"experiment": "amble", "seed": "0", "k": str(k)})
        checked = [checking(**llm) for _ in range(candidates)] if llm.get("provider") != "template" else []
        steps = json.dumps({"training": {"steps": 1_500_000}})
        trained = [
            PlannedJob("train_policy", settings=steps, runs=True, after=last) for _ in range(candidates)
        ]
        last = tuple(trained)
        jobs += [*asked, *checked, *trained]
    return jobs


def page(jobs, past=None):
    found = forecasts(jobs, paid, lambda job: False, Answers(), PRICES)
    known = past or {}
    times = {**STATED, **known}
    stated = [rule for rule in dict.fromkeys(job.rule for job in jobs) if rule not in known]
    costs = {one.llm.provider: paid(one.llm.provider) for one in found}
    text = estimate_page(jobs, found, costs, times, estimate(jobs, times, 2), stated, PRICES)
    assert max(map(len, text.splitlines())) <= WIDTH
    return re.sub(r"\s+", " ", text)


def test_calls_tokens_price_and_training_hours():
    text = page(configuration(), {"train_policy": [PastJob(110.0, 750_000, 100.0)]})
    assert text.startswith("The whole configuration, from scratch: 19 jobs. Nothing has been started.")
    assert "amble: 2 rounds of 3 candidates, 1 seed" in text
    assert "answers 6 of m, about 3 repairs (at most 6: llm.repairs)" in text
    assert "2 and 10 USD per million tokens in and out: llm.input_price and llm.output_price" in text
    # A training: 10 s and 200 s for twice the steps; the base policy as the README's machine takes.
    assert "6 trainings of 1,500,000 steps and 1 base policy of 2,000,000 steps: 23 min 30 s (0.4 h)" in text
    assert "longest chain 7 min" in text
    assert (
        "as these jobs took here before; as the default configuration takes on two idle cores: train_base"
        in text
    )


def test_islands_and_trees_are_named():
    for search, words in (
        (
            {"kind": "population", "islands": 2},
            "amble: 2 rounds on each of 2 islands of 3 candidates, 1 seed",
        ),
        ({"kind": "tree"}, "amble: a tree of 4 nodes of 3 candidates, 1 seed"),
    ):
        selection = PlannedJob(
            "select_policy",
            wildcards={"experiment": "amble"},
            settings=json.dumps({"search": search}),
            runs=True,
        )
        assert words in page([*configuration(rounds=4), selection])


def test_the_tuned_candidate_costs_no_answer_and_its_short_trainings_are_counted():
    tuning = json.dumps(
        {"training": {"steps": 1000}, "tuning": {"variants": 4, "generations": 2, "factor": 3.0}}
    )
    tuned = asking(n=2, provider="tuned")
    tuned.wildcards.update({"experiment": "amble", "seed": "0", "k": "4"})
    text = page([*configuration(), PlannedJob("tune_reward", settings=tuning, runs=True), tuned])
    assert (
        "amble: 2 rounds of 4 candidates, 1 seed; where a round goes before, one of them is its best reward, tuned"
        in text
    )
    assert "answers 6 of m" in text and "0 USD: the reward is tuned, nobody is asked" in text
    assert "8 short trainings of 1,000 steps" in text


def test_a_round_trained_together_counts_each_training():
    outputs = tuple(Path(f"policy_{k}.pth") for k in (1, 2, 3))
    settings = json.dumps({"training": {"steps": 1_500_000}})
    rounds = [PlannedJob("train_round", settings=settings, outputs=outputs, runs=True) for _ in range(2)]
    jobs = [job for job in configuration() if job.rule != "train_policy"] + rounds
    text = page(jobs, {"train_round": [PastJob(410.0, 4_500_000, 400.0)]})
    assert "6 trainings of 1,500,000 steps and 1 base policy" in text and "train_round" not in text


def test_a_fixed_reward_is_said_to_be_one():
    text = page(configuration(rounds=1, candidates=1, provider="fixed"))
    assert "amble: 1 round of 1 candidate, 1 seed; the reward is fixed, so nothing else is tried" in text
    assert "the reward is fixed" not in page(configuration())


def test_before_anything_ran_it_says_what_it_goes_by():
    text = page(configuration())
    assert "as the default configuration takes on two idle cores, as nothing has run here" in text
    assert "no answer so far to go by" in text and "one half before there are any" in text


def test_a_limit_that_is_too_low_and_a_window_that_is_too_small_are_said():
    assert "the run would stop before its end" in page(
        configuration(prices={"max_cost": 0.01, "input_price": 2, "output_price": 9})
    )
    assert "enough for what is expected" in page(
        configuration(prices={"max_cost": 9, "input_price": 2, "output_price": 9})
    )
    assert "gpt-4 reads 8,192 tokens, llm.context_tokens = 32,768" in page(
        configuration(model="gpt-4", prices={})
    )


def test_an_unknown_price_and_no_price_at_all():
    assert "price unknown: the price of m is not known: set llm.input_price" in page(configuration(prices={}))
    text = page(configuration(provider="template"))
    assert (
        "price 0 USD: template is no language model" in text
        and "tokens:" not in text
        and "repairs:" not in text
    )


def halved(candidates=4, steps=400_000, **more):
    """A halved round's trainings, with the judgements left out."""
    jobs, last = [], ()
    for part in (1, 2, None):
        rule = "train_rest" if part is None else "train_part"
        made = []
        for k in range(1, candidates + 1):
            settings = {"training": {"steps": steps}, "candidate": k}
            settings |= {} if part is None else {"part": part}
            settings |= {} if part == 1 else {"samples": candidates}
            outputs = (Path(f"policy_{k}.pth"),)
            made.append(
                PlannedJob(
                    rule, settings=json.dumps(settings), outputs=outputs, runs=True, after=last, **more
                )
            )
        jobs, last = [*jobs, *made], tuple(made)
    return jobs


def test_a_halved_round_takes_as_many_steps_as_one_that_is_not():
    jobs = halved()
    assert [steps_in(job) for job in jobs] == [100_000] * 4 + [100_000] * 2 + [0] * 2 + [1_000_000] + [0] * 3
    others = [job for job in configuration() if job.rule != "train_policy"]
    past = {rule: [PastJob(12.0, 100_000, 10.0)] for rule in ("train_part", "train_rest")}
    text = page([*others, *jobs], past)
    assert "4 halved trainings of 400,000 steps on average" in text
    assert estimate(jobs, past, 2).chain == (2 + 10) + (2 + 10) + (2 + 100)
