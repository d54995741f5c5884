import torch

from video2reward.sim.slices import Slices


def drawn(slices):
    return slices.draw(lambda count, generator: torch.rand(count, generator=generator))


def test_a_slice_draws_what_its_seed_alone_draws():
    several = Slices((3, 4, 5), 12, "cpu")
    first = drawn(several)
    assert torch.equal(first[4:8], drawn(Slices(4, 4, "cpu")))
    assert torch.equal(first, drawn(Slices([3, 4, 5], 12, "cpu")))


def test_rows_are_split_by_slice_and_keep_their_order():
    several, rows = Slices((3, 4, 5), 12, "cpu"), torch.tensor([10, 1, 0, 9])
    found = list(several.of(rows))
    assert [part.tolist() for _, part in found] == [[1, 0], [10, 9]]
    assert [generator.initial_seed() for generator, _ in found] == [3, 5]
    ((_, whole),) = Slices(3, 12, "cpu").of(rows)
    assert whole is rows


def test_a_restored_state_goes_on():
    one, other = Slices((3, 4), 8, "cpu"), Slices((8, 9), 8, "cpu")
    drawn(one)
    other.restore(one.state())
    assert torch.equal(drawn(one), drawn(other))
