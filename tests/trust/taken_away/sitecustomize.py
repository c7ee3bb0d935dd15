"""Takes away what guards a figure, for its control: Python loads this before anything else.

RELIEF_TAKEN_AWAY has `module:name=what`, several with a comma between them: a function that does or
returns no more than that.
"""

import importlib
import os

INSTEAD = {
    "nothing": lambda *_stated, **_named: None,
    "first": lambda first, *_stated, **_named: first,
    "empty": lambda *_stated, **_named: [],
    "one": lambda *_stated, **_named: 1,
}

for stated in filter(None, os.environ.get("RELIEF_TAKEN_AWAY", "").split(",")):
    place, _sign, what = stated.partition("=")
    module, _sign, names = place.partition(":")
    owner = importlib.import_module(module)
    *above, name = names.split(".")
    for part in above:
        owner = getattr(owner, part)
    setattr(owner, name, INSTEAD[what])
