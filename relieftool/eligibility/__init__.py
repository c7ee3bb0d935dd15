"""Eligibility: findings, gaps, priority, explanations, what-if, job matching."""
