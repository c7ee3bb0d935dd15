"""Read, check, test and compare the rule pack, and keep this office's own values over it.

Example: relief pack check
"""

from typing import Any

import typer

from relieftool.commands.frame import LateCommands, ReliefGroup

# Name and place of every command of the group, in the order help lists them.
PACK_COMMANDS = {
    "check": "relieftool.commands.pack_check:check_pack_folder",
    "show": "relieftool.commands.pack_show:show_pack",
    "test": "relieftool.commands.pack_examples:run_pack_examples",
    "set": "relieftool.commands.pack_set:set_value",
    "unset": "relieftool.commands.pack_set:unset_value",
    "values": "relieftool.commands.pack_values:list_values",
    "diff": "relieftool.commands.pack_diff:diff_packs",
}


class _PackGroup(ReliefGroup):
    """The commands under `relief pack`, each imported only when it is asked for."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = LateCommands(PACK_COMMANDS)


app = typer.Typer(cls=_PackGroup, add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def pack() -> None:
    """Read, check, test and compare the rule pack, and keep this office's own values over it.

    Example: relief pack check
    """
