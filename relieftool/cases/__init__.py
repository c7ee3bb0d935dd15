"""Cases and how they were dealt with: entries are only added, and what was written can be proved.

Knows the register and nothing above it; gives records, prints nothing.
"""
