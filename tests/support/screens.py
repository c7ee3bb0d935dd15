"""A terminal of a chosen width that remembers what was written."""

import io


class Screen(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True
