"""Source rows become households, members, facts and receipts.

The same rows give the same register, in whatever order the files came.
"""
