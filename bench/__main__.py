"""All measurements in one run: `make bench`, `make bench QUICK=1`.

    python -m bench [--quick] [--plans 1000000]

They fail on counts alone (`bench.counts`), never on times.
"""

import argparse
import asyncio
import sys

from bench import counts, discord, health, storage
from bench.counting import quiet_log
from bench.results import FOLDER, Machine, publish

SIZES = (1_000, 10_000, 100_000, 1_000_000)


async def main() -> int:
    """Measure, print and write the results, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Coachbook.")
    parser.add_argument("--quick", action="store_true", help="count statements and steps only")
    parser.add_argument("--plans", type=int, default=SIZES[-1], help="the size of the largest database")
    options = parser.parse_args()
    quiet_log()
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = counts.faults(await counts.measure())
    print("\n".join(found) or "statements and steps: as allowed")
    if not options.quick:
        before = Machine.now()
        results, curves = await storage.measure([each for each in SIZES if each <= options.plans])
        publish([*results, *await discord.measure(), *await health.measure()], curves, before)
    return bool(found)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
