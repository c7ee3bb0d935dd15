"""From the text of a cell to a value: amounts, dates, units, numerals, ID numbers, choices. Pure."""
