"""What other programs read: `open_register`, and models of the JSON of gaps, questions, explain."""

from relieftool.api.reading import ReadRegister
from relieftool.api.reading import read_register as open_register

__all__ = ["ReadRegister", "open_register"]
