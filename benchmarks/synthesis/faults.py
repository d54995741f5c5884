"""Robots that move exactly, nearly or not at all like a clip, to be separated by a similarity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthesis.moves import (
    DT,
    Moves,
    backwards,
    clip,
    crouched,
    flailing,
    held,
    hind_legs_swapped,
    one_leg_dragged,
    out_of_step,
    reversed_in_time,
    sides_swapped,
    standing,
    together,
    trembling,
    within_reach,
)
from video2reward.artifacts.reference import Reference
from video2reward.artifacts.rollout import Rollout


@dataclass(frozen=True)
class Made:
    """One way to move.

    group: "same" as the clip; "mirror", the same half a stride later where the gait is symmetric; "reach", the best
        that the robot's legs allow; "honest" with small errors; "bad"; or "unseen": joints as in the clip, wrong in
        what the gait similarity leaves out
    tempo: strides, 1 as many a second as the clip's; amplitude: of all joints; noise: body lengths, standard
        deviation of every joint at every step
    speed: part of the clip's; falls: part of the agents that fall, after a second, and lie
    in_reach: the robot moves by the motion in its reach, not by the clip's own
    """

    name: str
    group: str
    moves: Moves
    tempo: float = 1.0
    amplitude: float = 1.0
    noise: float = 0.0
    speed: float = 1.0
    falls: float = 0.0
    in_reach: bool = False


def make_rollout(made: Made, reference: Reference, agents: int = 8, seconds: float = 8.0) -> Rollout:
    """Return agents that move so on the reference's robot, each from its own start, walking along +x."""
    rng = np.random.default_rng(7)
    steps = round(seconds / DT)
    # Starts spread evenly, none of them on the grid of start phases that a similarity may try.
    starts = (np.arange(agents)[:, None] + 0.313) / agents
    phase = starts + np.arange(steps) * DT * made.tempo / reference.period_s
    body = made.moves(reference, phase, rng)
    mean = (reference.cycle if made.in_reach else reference.target).mean(axis=0)
    body = mean + made.amplitude * (body - mean)
    body = body + made.noise * rng.standard_normal(body.shape)
    fell_at = np.full(agents, steps)
    for agent in range(round(made.falls * agents)):
        fell_at[agent] = round(1.0 / DT)
        body[agent, fell_at[agent] :] = body[agent, fell_at[agent]]
    travelled = np.minimum(np.arange(steps), fell_at[:, None]) * DT * reference.speed * made.speed
    lowest = reference.target[..., 1].min()
    forward = body[..., 0] * reference.body_length_m + travelled[..., None]
    height = (body[..., 1] - lowest) * reference.body_length_m
    return Rollout(
        qpos=np.zeros((agents, steps, 7)),
        keypoints=np.stack([forward, np.zeros_like(forward), height], axis=-1),
        heading=np.zeros((agents, steps)),
        commands=np.tile([reference.speed, 0.0, 0.0], (agents, 1)),
        velocity=np.zeros((agents, steps, 3)),
        fell_at=fell_at,
        dt=DT,
        keypoint_names=reference.keypoint_names,
        robot=reference.robot,
    )


MADE: tuple[Made, ...] = (
    Made("the clip", "same", clip),
    Made("left and right swapped", "mirror", sides_swapped),
    Made("the clip within the robot's reach", "reach", within_reach),
    Made("amplitude 15 % larger", "honest", clip, amplitude=1.15),
    Made("amplitude 15 % smaller", "honest", clip, amplitude=0.85),
    Made("tempo 5 % quicker", "honest", clip, tempo=1.05),
    Made("tempo 5 % slower", "honest", clip, tempo=0.95),
    Made("noise of 0.01", "honest", clip, noise=0.01),
    Made("all three: larger, quicker, noise", "honest", clip, 1.05, 1.15, 0.01),
    Made("all three: smaller, slower, noise", "honest", clip, 0.95, 0.85, 0.01),
    Made("standing", "bad", standing),
    Made("sliding, legs still", "bad", standing, noise=0.002),
    Made("trembling", "bad", trembling),
    *(
        Made(f"flailing, size {size:g}, {word}", "bad", flailing(size, smooth))
        for size in (0.3, 0.6, 1.0, 1.5)
        for smooth, word in ((0.0, "jerky"), (0.08, "smooth"), (0.2, "slow"))
    ),
    Made("played backwards", "bad", reversed_in_time),
    Made("joints swing back where they should forth", "bad", backwards),
    Made("hind legs swapped", "bad", hind_legs_swapped),
    Made("left and right together", "bad", together),
    Made("joints out of step", "bad", out_of_step(0.2)),
    Made("one leg dragged", "bad", one_leg_dragged),
    *(Made(f"tempo {tempo:g}", "bad", clip, tempo=tempo) for tempo in (0.7, 0.85, 1.2, 1.4)),
    Made("amplitude 0.5", "bad", clip, amplitude=0.5),
    Made("amplitude 1.5", "bad", clip, amplitude=1.5),
    Made("half the agents fall", "bad", clip, falls=0.5),
    Made("all agents fall", "bad", clip, falls=1.0),
    Made("flailing, all agents fall", "bad", flailing(1.5, 0.08), falls=1.0),
    Made("the clip on the spot", "unseen", clip, speed=0.0),
    Made("the clip with legs drawn up", "unseen", crouched),
)

# What tells postures apart, on the robot's own legs: a clip's are not the robot's, so that even its own motion has
# another posture there.
POSTURES: tuple[Made, ...] = (
    Made("as the clip, in reach", "reach", held(), in_reach=True),
    Made("amplitude 15 % larger", "honest", held(), amplitude=1.15, in_reach=True),
    Made("amplitude 15 % smaller", "honest", held(), amplitude=0.85, in_reach=True),
    Made("tempo 5 % quicker", "honest", held(), tempo=1.05, in_reach=True),
    Made("tempo 5 % slower", "honest", held(), tempo=0.95, in_reach=True),
    Made("all three: larger, quicker, noise", "honest", held(), 1.05, 1.15, 0.01, in_reach=True),
    Made("all three: smaller, slower, noise", "honest", held(), 0.95, 0.85, 0.01, in_reach=True),
    *(
        Made(f"leans {off} degrees too far {word}", "bad", held(sign * off), in_reach=True)
        for word, sign in (("back", -1), ("forward", 1))
        for off in (10, 20, 30)
    ),
    *(Made(f"crouches by {part:g} leg", "bad", held(up=part), in_reach=True) for part in (0.1, 0.2, 0.3)),
    *(
        Made(f"feet {part:g} leg too far ahead", "bad", held(ahead=part), in_reach=True)
        for part in (0.2, 0.4)
    ),
)
