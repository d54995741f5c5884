"""The tables and figures of the Video2Reward paper, made from finished experiments."""
