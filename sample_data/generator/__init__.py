"""Makes the invented street of sample_data/: its spreadsheets, and what a check of it must find.

Run `python -m sample_data.generator` in the folder above sample_data/. The same seed gives the same
files. Every household is built by one function that plants its circumstances and receipts and
states by hand what is to be found; no rule is ever evaluated here, and nothing of relieftool is
imported. Nobody in it exists: names are put together at random, and the sequence part of every ID
number lies in a range that is hardly ever issued.

truth.csv holds one row per finding that must be listed, and none for what is not listed:

- `household_no`: the sheet's own 户编号; blank where the file has none
- `head_id`: the head's whole ID number; names every household
- `community`: without 社区
- `member_id`: the ID number of the member concerned; blank where the household is
- `programme`: a programme's id, or `priority`
- `status`: unclaimed, unlocked, undetermined, underpaid, review, conflict; of `priority` rows
  `priority`, or `undecided` where an unknown fact decides
- `members`: how many people live in the household

Of two programmes received that exclude each other, both have a `conflict` row.
truth_households.csv holds one row per household (`household_no`, `head_id`, `community`, `members`,
`archetype`): none may be missing from a register of the street, and none may be in it besides.
"""
