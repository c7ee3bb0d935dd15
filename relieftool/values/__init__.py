"""A cell's text becomes a value: amounts, dates, units, ID numbers, choices. Pure, no I/O."""
