"""Shows records as tables, JSON, CSV, workbooks and pages, masked; never opens a register file."""
