"""How like the video a robot moves: two definitions, `gait` that steers the search and the paper's."""

from video2reward.similarity.gait import GaitSimilarity, gait_similarity
from video2reward.similarity.paper import PaperSimilarity, paper_similarity
from video2reward.similarity.period import Period, estimate_period

__all__ = [
    "GaitSimilarity",
    "PaperSimilarity",
    "Period",
    "estimate_period",
    "gait_similarity",
    "paper_similarity",
]
