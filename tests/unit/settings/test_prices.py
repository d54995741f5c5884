from pathlib import Path

import pytest

from video2reward.errors import UserError
from video2reward.settings.llm import LLM
from video2reward.settings.prices import Price, read_prices

SHIPPED = Path(__file__).resolve().parents[3] / "resources" / "prices.yaml"
TABLE = """
as_of: 2026-01-31
models:
  - {model: tiny-mini*, input: 1.0, output: 2.0}
  - {model: tiny, input: 3.0, cached: 0.5, output: 6.0, context: 4096}
  - {model: tiny*, input: 4.0, output: 8.0}
"""


@pytest.fixture
def prices(tmp_path):
    (tmp_path / "prices.yaml").write_text(TABLE)
    return read_prices(tmp_path / "prices.yaml")


def test_the_first_pattern_that_fits_counts(prices):
    found = {name: prices.price(LLM(model=name)) for name in ("tiny", "tiny-mini-2026", "tiny-2026")}
    assert {name: price.input for name, price in found.items()} == {
        "tiny": 3,
        "tiny-mini-2026": 1,
        "tiny-2026": 4,
    }
    assert found["tiny"].source == "prices.yaml, as of 2026-01-31"
    assert prices.price(LLM(model="other")) is None and "add the model" in prices.unknown(LLM(model="other"))
    assert (prices.context("tiny"), prices.context("tiny-2026"), prices.context("x")) == (4096, None, None)


def test_settings_go_before_the_table(prices):
    assert prices.price(LLM(model="tiny", output_price=7)) == Price(
        3, 7, 0.5, "prices.yaml, as of 2026-01-31, and llm.output_price"
    )
    assert prices.price(LLM(model="tiny", input_price=1)).cached is None
    assert prices.price(LLM(model="other", input_price=0, output_price=0)).of(1e6, 1e6) == 0
    assert prices.price(LLM(model="other", input_price=1)) is None


def test_the_price_of_an_answer():
    price = Price(2.0, 10.0, 0.5)
    assert price.of(1000, 100) == pytest.approx((2000 + 1000) / 1e6)
    assert price.of(1000, 100, 400) == pytest.approx((1200 + 200 + 1000) / 1e6)
    assert Price(2.0, 10.0).of(1000, 100, 400) == pytest.approx(price.of(1000, 100))


def test_the_shipped_table_knows_the_default_model():
    shipped = read_prices(SHIPPED)
    for name in (LLM().model, "gpt-4o-2024-08-06", "gpt-4o-mini", "o3-mini-2025-01-31"):
        assert shipped.price(LLM(model=name)).output > 0
    assert shipped.price(LLM(model="gpt-4o")) != shipped.price(LLM(model="gpt-4o-mini"))
    assert shipped.price(LLM(model="a-model-of-my-own")) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("as_of: 2026-01-31\nmodels:\n  - {model: m, input: -1, output: 2}\n", "input = -1"),
        ("as_of: 2026-01-31\nmodels:\n  - {model: m, imput: 1, output: 2}\n", "Did you mean 'input'"),
        ("models: []\n", "as_of is missing"),
    ],
)
def test_a_mistake_in_the_table_is_named(tmp_path, text, said):
    (tmp_path / "prices.yaml").write_text(text)
    with pytest.raises(UserError, match=said):
        read_prices(tmp_path / "prices.yaml")
