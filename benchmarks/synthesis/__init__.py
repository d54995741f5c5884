"""Videos of moving figures with exactly known keypoints, rendered from published gait data."""
