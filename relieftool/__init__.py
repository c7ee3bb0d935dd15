"""Find every poor household owed a benefit it does not get, and prove that something was done."""

__version__ = "0.1.0"
