"""hikari's gateway client, for Discord and for any other server that speaks its protocol."""

import contextlib
from collections.abc import Generator
from typing import Final

import hikari
from pydantic import SecretStr

INTENTS: Final = hikari.Intents.GUILDS
"""What the bot hears of: the guilds it is in. Interactions come without any intent."""


def gateway_client(token: SecretStr, rest_url: str) -> hikari.GatewayBot:
    """A client that is not connected yet, and leaves logging to us."""
    with _tokens_of_any_form():
        return hikari.GatewayBot(
            token.get_secret_value(),
            rest_url=rest_url,
            intents=INTENTS,
            banner=None,
            logs=None,
            suppress_optimization_warning=True,
        )


@contextlib.contextmanager
def _tokens_of_any_form() -> Generator[None]:
    """Inside, hikari takes a token that does not begin with the bot's id, as Discord's own do.

    Nothing of hikari's or ours needs that id; without this the client can't even be made.
    """
    read = hikari.applications.get_token_id

    def read_or_zero(token: str) -> hikari.Snowflake:
        try:
            return read(token)
        except ValueError:
            return hikari.Snowflake(0)

    hikari.applications.get_token_id = read_or_zero
    try:
        yield
    finally:
        hikari.applications.get_token_id = read
