"""Films of moving figures whose keypoints are known exactly, rendered from published gait figures."""
