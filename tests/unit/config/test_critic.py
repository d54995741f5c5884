"""Who judges pictures: found, allowed, or refused with the way out."""

import shutil
from pathlib import Path

import pytest
import yaml

from video2reward.config.critic import critic_of, shows_figure, stays_here
from video2reward.config.method import load_method
from video2reward.config.plan import load_plan
from video2reward.errors import UserError

ROOT = Path(__file__).resolve().parents[3]
SERVER = {"provider": "openai", "base_url": "https://models.example.org/v1", "model": "writer"}


@pytest.fixture
def no_proxies(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def experiment(method="bilevel", video="dog_amble", **more):
    robot = "humanoid" if video.startswith("human") else "anymal_c"
    content = {"video": video, "robot": robot, "method": method, "llm": SERVER, **more}
    (found,) = load_plan(content, ROOT).experiments.values()
    return found


def critic(*arguments, **more):
    found = experiment(*arguments, **more)
    return critic_of(found.loop, found.method)


def test_the_critic_is_the_writer_unless_it_is_told_otherwise():
    plain = critic()
    assert (plain.provider, plain.base_url, plain.model) == ("openai", SERVER["base_url"], "writer")
    eyes = critic(vlm={"model": "eyes", "temperature": 0.2})
    assert (eyes.base_url, eyes.model, eyes.temperature) == (SERVER["base_url"], "eyes", 0.2)
    assert critic("bilevel_single", vlm={"model": "eyes"}).model == "writer"
    assert critic("video2reward") is None


def test_what_belongs_to_another_server_or_model_is_not_carried_over():
    llm = SERVER | {"key_variable": "MY_KEY", "input_price": 1.0, "max_cost": 2.0}
    same, other_model = critic(llm=llm), critic(llm=llm, vlm={"model": "eyes"})
    there = critic(llm=llm, vlm={"base_url": "http://127.0.0.1:8000/v1"})
    assert (same.key_variable, same.input_price) == ("MY_KEY", 1.0)
    assert (other_model.key_variable, other_model.input_price) == ("MY_KEY", None)
    assert (there.key_variable, there.input_price, there.max_cost) == ("OPENAI_API_KEY", None, 2.0)


def test_a_person_answers_by_file_and_is_replayed_with_the_rest():
    assert critic("human_feedback").provider == "manual"
    assert critic("human_feedback", llm={"provider": "recorded", "recorded": "x"}).provider == "recorded"


def test_a_template_neither_sees_nor_reads_a_critique():
    with pytest.raises(
        UserError, match=r"llm\.provider template is no language model.*set llm\.provider to openai"
    ):
        experiment(llm={})
    with pytest.raises(
        UserError, match=r"vlm\.provider template sees no pictures; set vlm\.provider to openai"
    ):
        experiment(vlm={"provider": "template"})
    with pytest.raises(UserError, match="vlm.base_url holds a user or a password"):
        experiment(vlm={"base_url": "http://me:secret@models.example.org/v1"})


def test_pictures_of_people_stay_here_unless_they_may_go(no_proxies):
    with pytest.raises(UserError) as caught:
        experiment(video="human_run")
    sentence = str(caught.value)
    assert "pictures of a person to models.example.org" in sentence and "vlm.send_people: true" in sentence
    with pytest.raises(UserError, match="send pictures of a person to OpenAI"):
        experiment("bilevel_single", "human_run", llm={"provider": "openai", "model": "gpt-4o"})
    assert critic(video="human_run", vlm={"send_people": True}).model == "writer"
    assert critic(video="human_run", vlm={"base_url": "http://127.0.0.1:8000/v1"}).model == "writer"
    assert critic("human_feedback", "human_run").provider == "manual"
    assert experiment("video2reward", "human_run").name  # keypoints alone are sent


def test_a_figure_may_go_in_the_place_of_a_person(no_proxies):
    found = experiment(video="human_run", vlm={"send_people": "figure"})
    human, dog = (
        load_plan({"video": name, "robot": robot, "method": "template"}, ROOT).videos[name]
        for name, robot in (("human_run", "humanoid"), ("dog_amble", "anymal_c"))
    )
    assert shows_figure(found.loop, human) and not shows_figure(found.loop, dog)
    assert not shows_figure(experiment(video="human_run", vlm={"send_people": True}).loop, human)
    with pytest.raises(UserError, match=r"vlm.send_people"):
        experiment(vlm={"send_people": "figures"})


def test_films_go_only_to_servers_that_take_them():
    with pytest.raises(UserError) as caught:
        experiment(critique={"pictures": "film"})
    assert "set vlm.takes_films: true if this one does" in str(caught.value) and "pairs or grid" in str(
        caught.value
    )
    assert critic(critique={"pictures": "film"}, llm=SERVER | {"takes_films": True}).takes_films
    with pytest.raises(UserError, match="set llm.takes_films: true"):
        experiment("bilevel_single", critique={"pictures": "film"})
    with pytest.raises(UserError, match="would send a film"):  # another model does not inherit it
        experiment(critique={"pictures": "film"}, llm=SERVER | {"takes_films": True}, vlm={"model": "eyes"})
    assert critic("human_feedback", critique={"pictures": "film"}).provider == "manual"


def test_a_budget_that_cannot_be_held_is_refused_before_anything_runs():
    with pytest.raises(
        UserError, match=r"vlm\.picture_budget: how eyes counts pictures is not known; set vlm\."
    ):
        experiment(vlm={"model": "eyes", "picture_budget": 500})
    assert critic(vlm={"model": "eyes", "picture_budget": 500, "picture_rule": 400}).picture_budget == 500
    with pytest.raises(UserError, match=r"vlm\.picture_rule: unknown rule 'qwen'"):
        experiment(vlm={"model": "eyes", "picture_rule": "qwen"})


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://localhost/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://127.0.0.1.example.org/v1", False),
        ("http://192.168.0.3:8000/v1", False),
        ("http://localhost.example.org", False),
        (None, False),
    ],
)
def test_what_is_sent_to_loopback_stays_here(address, here, no_proxies):
    assert stays_here(address) is here


def test_a_proxy_takes_it_elsewhere(no_proxies, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://proxy.example.org:3128")
    assert not stays_here("http://127.0.0.1:8000/v1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert stays_here("http://127.0.0.1:8000/v1")


def test_a_film_must_be_there(tmp_path):
    clip = tmp_path / "clip.yaml"
    (tmp_path / "k.json").write_text("{}")
    clip.write_text(yaml.safe_dump({"pose": {"backend": "import", "keypoints": str(tmp_path / "k.json")}}))
    with pytest.raises(UserError, match="method bilevel looks at the video, and there is none: set file:"):
        experiment(video=str(clip))


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (
            {"sources": ["vlm"], "feedback": ["gait", "critique"]},
            "feedback asks for gait, which the source measured gives",
        ),
        (
            {"sources": ["measured"], "feedback": ["critique"]},
            "one of the sources vlm, llm, person belong together",
        ),
        ({"sources": ["vlm"], "feedback": []}, "belong together"),
        (
            {"sources": ["vlm", "person"], "feedback": ["critique"]},
            "a round has one critic; keep one of vlm, person",
        ),
        (
            {"sources": ["vml"], "feedback": ["critique"]},
            "unknown source of feedback 'vml'. Did you mean 'vlm'",
        ),
    ],
)
def test_sources_and_sections_fit_each_other(tmp_path, keys, sentence):
    folder = tmp_path / "config" / "methods"
    shutil.copytree(ROOT / "config" / "methods", folder)
    (folder / "mine.yaml").write_text(yaml.safe_dump({"description": "m", **keys}))
    with pytest.raises(UserError) as caught:
        load_method("mine", tmp_path)
    assert sentence in str(caught.value)
