"""Similarity of a robot's motion to the video: `gait` and `posture`, used for selection, and the paper's definition."""

from video2reward.similarity.gait import GaitSimilarity, gait_similarity
from video2reward.similarity.paper import PaperSimilarity, paper_similarity
from video2reward.similarity.period import Period, estimate_period
from video2reward.similarity.posture import PostureSimilarity, posture_similarity

__all__ = [
    "GaitSimilarity",
    "PaperSimilarity",
    "Period",
    "PostureSimilarity",
    "estimate_period",
    "gait_similarity",
    "paper_similarity",
    "posture_similarity",
]
