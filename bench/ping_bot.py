"""The reference for the way through Discord: a bare lightbulb bot that answers `/ping`."""

import os

import hikari
import lightbulb

app = hikari.GatewayBot(
    os.environ["DISCORD_TOKEN"],
    rest_url=os.environ["COACHBOOK_DISCORD__REST_URL"],
    intents=hikari.Intents.GUILDS,
    banner=None,
    logs=None,
    suppress_optimization_warning=True,
)
client = lightbulb.client_from_app(app)
app.subscribe(hikari.StartingEvent, client.start)


@client.register
class Ping(lightbulb.SlashCommand, name="ping", description="Answer."):
    """`/ping`."""

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context) -> None:
        """Answer."""
        await ctx.respond("pong", ephemeral=True)


@app.listen()
async def started(_: hikari.StartedEvent) -> None:
    """Print that it is ready."""
    print("ready", flush=True)


if __name__ == "__main__":
    app.run(check_for_updates=False)
