"""The same statement elsewhere: exports in Parquet, evaluated by DuckDB or Spark, and read back."""
