"""Pictures on their way to a real server, and what is done when it takes none."""

import base64
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.chat_server import ANSWER, ChatServer, error, shown_films, shown_pictures

from video2reward.artifacts.prompt import Prompt, read_prompt, with_pictures, write_prompt
from video2reward.errors import UserError
from video2reward.llm import openai_pictures
from video2reward.llm.ask import ask
from video2reward.llm.base import Question
from video2reward.llm.budget import most_tokens
from video2reward.llm.openai_provider import OpenAIProvider
from video2reward.llm.store import store_key
from video2reward.settings.llm import LLM
from video2reward.video.film import write_film


@pytest.fixture
def shown(tmp_path):
    """A message with a red and a green picture."""
    files = []
    for name, colour in (("red", (0, 0, 255)), ("green", (0, 255, 0))):
        files.append(tmp_path / "pictures" / f"{name}.png")
        files[-1].parent.mkdir(exist_ok=True)
        cv2.imwrite(str(files[-1]), np.full((8, 12, 3), colour, np.uint8))
    return with_pictures({"role": "user", "content": "look"}, tmp_path, files)


def question(folder, *messages, **more):
    settings = LLM(provider="openai", model="eyes", retries=0, **more)
    return Question(messages, settings, 0, 1, 0, folder=folder, critique=True)


def refused(asked):
    with pytest.raises(UserError) as caught:
        OpenAIProvider().complete(asked)
    return str(caught.value)


def test_the_server_gets_the_text_and_the_pictures_bit_by_bit(shown, tmp_path):
    with ChatServer() as server:
        asked = question(tmp_path, {"role": "system", "content": "s"}, shown, base_url=server.url)
        assert OpenAIProvider().complete(asked).text == ANSWER
    (_, _, body), *_ = server.requests
    assert body["messages"][0] == {"role": "system", "content": "s"}
    assert body["messages"][1]["content"][0] == {"type": "text", "text": "look"}
    red, green = shown_pictures(body)
    assert red.shape == (8, 12, 3) and (red == (0, 0, 255)).all() and (green == (0, 255, 0)).all()
    sent = body["messages"][1]["content"][1]["image_url"]["url"].partition(",")[2]
    assert base64.b64decode(sent) == (tmp_path / "pictures" / "red.png").read_bytes()


def test_a_message_of_text_is_sent_as_it_is(tmp_path):
    message = {"role": "user", "content": "u"}
    assert openai_pictures.sent_messages((message,), tmp_path) == [message]
    assert with_pictures(message, tmp_path, []) == message


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "This model does not support image inputs."),  # as OpenAI says it
        (400, "At most 0 image(s) may be provided in one prompt."),  # vLLM
        (500, "image input is not supported - hint: you may need to provide the mmproj"),  # llama.cpp
        (500, 'Failed to parse messages: Unsupported content part type: "image_url"'),  # llama.cpp, older
        (400, "Invalid content type. image_url is only supported by certain models."),  # OpenAI
        (400, "facebook/opt-125m is not a multimodal model"),  # vLLM
        (400, "This model does not support multi-modal inputs"),  # vLLM
        (400, "this model does not support image input (ref: b8bd630e)"),  # Ollama
        (500, "Failed to create new sequence: this model is missing data required for image input"),  # Ollama
        (400, "litellm.BadRequestError: OpenAIException - Model does not support vision"),  # LiteLLM
        (404, "No endpoints found that support image input"),  # OpenRouter
        (422, "Input should be a valid string, got a list with image_url"),  # FastAPI before a text model
        (400, "'content' must be a string"),  # servers of text models
        (500, 'can only concatenate str (not "list") to str'),  # llama-cpp-python
    ],
)
def test_a_server_that_takes_no_pictures_is_quoted_in_one_sentence(shown, tmp_path, status, words):
    with ChatServer((status, error(words, "messages"), 0)) as server:
        sentence = refused(question(tmp_path, shown, base_url=server.url))
    assert len(server.requests) == 1
    assert words in sentence and "choose a model that sees pictures" in sentence and "\n" not in sentence


def test_an_unknown_model_is_not_taken_for_a_blind_one(shown, tmp_path):
    with ChatServer((404, error("The model `gpt-4-vision-preview` does not exist"), 0)) as server:
        assert "knows no model" in refused(question(tmp_path, shown, base_url=server.url))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (413, "Request Entity Too Large"),  # nginx
        (413, "<html><head><title>413 Request Entity Too Large</title></head></html>"),
        (400, "image exceeds 5 MB maximum: 6291456 bytes > 5242880 bytes"),
        (400, "Total image size is 60.0MB, which exceeds the allowed limit of 50.0MB."),
    ],
)
def test_pictures_that_are_too_large_for_a_server(shown, tmp_path, status, words):
    body = words if words.startswith("<") else error(words)
    with ChatServer((status, body, 0)) as server:
        sentence = refused(question(tmp_path, shown, base_url=server.url))
    assert len(server.requests) == 1 and "too large" in sentence and "\n" not in sentence
    assert "lower critique.count or llm.picture_budget" in sentence


def test_a_prompt_of_text_that_is_too_large_is_no_matter_of_pictures(tmp_path):
    with ChatServer((413, error("Request Entity Too Large"), 0)) as server:
        sentence = refused(question(tmp_path, {"role": "user", "content": "u"}, base_url=server.url))
    assert "rejects the request as too large (HTTP 413)" in sentence


@pytest.fixture
def film(tmp_path):
    """A message with a film of three pictures: red, green, blue."""
    file = tmp_path / "pictures" / "film_01.mp4"
    file.parent.mkdir()
    colours = ((255, 0, 0), (0, 255, 0), (0, 0, 255))
    write_film(file, (np.full((64, 96, 3), colour, np.uint8) for colour in colours), 2.0)
    return with_pictures({"role": "user", "content": "look"}, tmp_path, [file], frames=3)


def test_a_film_arrives_whole_as_servers_take_it(film, tmp_path):
    with ChatServer() as server:
        assert OpenAIProvider().complete(question(tmp_path, film, base_url=server.url)).text == ANSWER
    (_, _, body), *_ = server.requests
    (frames,) = shown_films(body)
    assert [int(frame.mean((0, 1)).argmax()) for frame in frames] == [0, 1, 2]
    assert shown_pictures(body) == [] and frames[0].shape == (64, 96, 3)


@pytest.mark.parametrize(
    "words",
    [
        "At most 0 video(s) may be provided in one prompt.",  # vLLM
        "Invalid value: 'video_url'. Supported values are: 'text', 'image_url', 'input_audio', 'refusal', and 'file'.",
    ],
)
def test_a_server_that_takes_no_films_is_quoted_in_one_sentence(film, tmp_path, words):
    with ChatServer((400, error(words), 0)) as server:
        sentence = refused(question(tmp_path, film, base_url=server.url))
    assert words in sentence and "critique.pictures: pairs" in sentence and len(server.requests) == 1


def test_the_budget_counts_every_frame_of_a_film(film):
    assert most_tokens([film], 1000) == most_tokens([film]) + 3000


def test_a_picture_that_is_missing_changed_or_too_large(shown, tmp_path, monkeypatch):
    asked = question(tmp_path, shown, base_url="http://127.0.0.1:9/v1")
    monkeypatch.setattr(openai_pictures, "MOST_BYTES", 10)
    assert "lower critique.count" in refused(asked)
    monkeypatch.undo()
    (tmp_path / "pictures" / "red.png").write_bytes(b"another")
    assert "red.png has changed since" in refused(asked)
    (tmp_path / "pictures" / "red.png").unlink()
    assert "red.png cannot be read: No such file" in refused(asked)


def test_another_picture_is_another_question(shown, tmp_path):
    other = {**shown, "pictures": [{**shown["pictures"][0], "sha256": "0" * 64}]}
    plain = {"role": "user", "content": "look"}
    assert len({store_key(question(tmp_path, m)) for m in (shown, other, plain)}) == 3


def test_the_budget_counts_pictures(shown, tmp_path):
    assert most_tokens([shown], 1000) == most_tokens([shown]) + 2000
    prices = Path(__file__).resolve().parents[3] / "resources" / "prices.yaml"
    asked = question(tmp_path, shown, input_price=1.0, output_price=1.0, max_tokens=10, max_cost=0.005)
    with pytest.raises(UserError, match=r"llm\.max_cost = 0\.005 USD would be exceeded"):
        ask(OpenAIProvider(), asked, tmp_path / "store", prices)
    with ChatServer() as server:
        cheap = asked.settings.model_copy(update={"picture_tokens": 100, "base_url": server.url})
        assert (
            ask(OpenAIProvider(), replace(asked, settings=cheap), tmp_path / "store", prices).text == ANSWER
        )


def test_prompt_txt_names_the_pictures_beside_it(shown, tmp_path):
    prompt = Prompt((shown,), {})
    write_prompt(tmp_path / "prompt.txt", tmp_path / "prompt.json", prompt)
    assert read_prompt(tmp_path / "prompt.json").messages == prompt.messages
    assert "look\n[picture 1: pictures/red.png]\n" in (tmp_path / "prompt.txt").read_text()
