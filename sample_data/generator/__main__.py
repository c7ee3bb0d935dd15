"""Write the sample into sample_data/, or into the folder named on the command line."""

import sys
from pathlib import Path

from sample_data.generator import household_files, more_rosters, rosters, truth, two_years_on
from sample_data.generator.street import build_street


def main(folder: Path) -> None:
    """Write every file of the sample into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    street = build_street()
    household_files.write_all(folder, street)
    rosters.write_all(folder, street)
    more_rosters.write_all(folder, street)
    truth.write_all(folder, street)
    two_years_on.write_all(folder / "2026", build_street())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1])
