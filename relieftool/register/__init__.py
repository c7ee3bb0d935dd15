"""Source rows become households, members, facts and receipts; the same rows give the same register."""
