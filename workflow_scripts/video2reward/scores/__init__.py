"""Scores of policies and their statistics over seeds."""
