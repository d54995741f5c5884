"""The bi-level method to its end: a model looks at pictures of robot and video, the next round's prompt carries what it says."""

import json

import pytest
from tests.chat_server import ChatServer, Reply, completion, shown_pictures
from tests.workflow.test_bad_input import GOOD

from video2reward.artifacts.critique import read_critique
from video2reward.results.places import place_of

pytestmark = pytest.mark.slow
SAID = """**Problems**
- The trunk swings from side to side.
2. Components to rewrite:
   height: give it a temperature of its own
### Components to remove
None.
4) Components to add: a term for the swing of the fore legs
"""


def answers(body):
    """What a model says that sees pictures, or is asked for a reward."""
    return Reply(completion(SAID if shown_pictures(body) else GOOD))


def test_a_bi_level_run_ends_and_its_critique_is_in_the_next_prompt(workflow):
    with ChatServer(choose=answers) as server:
        llm = json.dumps({"provider": "openai", "base_url": server.url, "model": "tiny", "retries": 0})
        arguments = ("--config", f"llm={llm}", "vlm={model: eyes}", "critique={count: 3}", "samples=1")
        own = ("experiments=[]", "video=dog_amble", "method=bilevel")
        run = workflow(*arguments, *own)
        assert run.status == 0, run.output[-6000:]
        seen = [body for _, _, body in server.requests if shown_pictures(body)]
        asked = len(server.requests)
        assert workflow.planned(*arguments, *own) == set()
    # The last round's critique would be read by no prompt.
    assert asked == 3 and [body["model"] for body in seen] == ["eyes"]
    assert len(shown_pictures(seen[0])) == 3
    loop = workflow / "anymal_c-dog_amble-bilevel/seed0"
    critique = read_critique(loop / "iter1" / "critique.json")
    assert critique.heads == {
        "problems": ("The trunk swings from side to side.",),
        "rewrite": ("height: give it a temperature of its own",),
        "remove": (),
        "add": ("a term for the swing of the fore legs",),
    }
    kinds = {
        place_of(path.relative_to(workflow.folder)).file for path in loop.glob("iter1/**/*") if path.is_file()
    }
    assert {"critique", "critique_prompt", "critique_record", "pictures"} <= kinds
    told = (loop / "iter2" / "prompt.txt").read_text()
    assert "a term for the swing of the fore legs" in told and "Components to remove: none." in told
    assert "Gait distance" not in told and "KEYPOINTS" not in told
    page = (loop / "report.html").read_text()
    assert "The trunk swings from side to side." in page and "data:image/jpeg" in page
