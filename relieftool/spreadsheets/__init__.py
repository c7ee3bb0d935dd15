"""From bytes to sheets, from sheets to tables, from columns to facts; no cell is changed."""
