"""Who may have what, and why: findings, gaps, priority, explanations, what-if, job matching."""
