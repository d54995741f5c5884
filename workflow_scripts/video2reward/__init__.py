"""Video2Reward: reward functions for legged robots, written from videos."""

__version__ = "0.1.0"
