"""``clew sample``: a synthetic world to try clew on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from clew.sample import write_world


def sample(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where the files go; made if it isn't there.")],
    accounts: Annotated[int, typer.Option(help="About how many accounts the world has.")] = 2_000,
    seed: Annotated[int, typer.Option(help="The same seed and size give the same bytes.")] = 1,
) -> None:
    """Write a synthetic world of accounts and posts, with planted networks and the truth about them."""
    world = write_world(directory, accounts, seed)
    Console(stderr=True).print(
        f"{world.accounts:,} accounts, {world.networks} planted networks, {world.posts:,} posts and {world.reposts:,} "
        f"reposts in {len(world.sources)} files; how to load them: {directory / 'README.txt'}",
        highlight=False,
        soft_wrap=True,
        markup=False,
    )
