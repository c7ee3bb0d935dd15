"""What an office hands over: the report of a month, letters, notices and due days for a calendar.

Made from templates, and masked in `output` like every other result.
"""
