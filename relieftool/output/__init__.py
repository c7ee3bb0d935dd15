"""Records in, something to read out: tables, JSON, CSV, xlsx, HTML; masked; opens no register."""
