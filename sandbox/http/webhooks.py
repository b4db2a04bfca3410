"""Interaction webhooks: the original response and followups, by the interaction's token."""

from collections.abc import Mapping

from sandbox import rendering, rules
from sandbox.errors import DiscordError, NotSimulatedError
from sandbox.http.request import Call, Reply, Route
from sandbox.interactions import responses
from sandbox.interactions.interaction import Interaction, InteractionKind, ResponseKind
from sandbox.messages import message_body
from sandbox.rules.attachments import appended
from sandbox.world.entities import Message, MessageFlag, Upload

ORIGINAL = "@original"


def follow_up(call: Call) -> Reply:
    """Create a followup; the first one after a deferral replaces the deferred response."""
    interaction = _interaction(call)
    body = call.json
    rules.check_message(body, call.upload_names, ephemeral=True)
    if interaction.loading and interaction.original:
        return _fill(call, interaction, interaction.original, call.uploads)
    flags = body.get("flags") or 0
    message = responses.new(call.world, interaction, flags, follows=interaction.original)
    message_body.fill(call.world, message, body, call.uploads, may_ping=responses.may_ping(call.world, interaction))
    interaction.followups.append(call.world.post(message))
    interaction.change()
    return Reply(200, rendering.message(call.world, message))


def fetch(call: Call) -> Reply:
    """Return a response."""
    return Reply(200, rendering.message(call.world, _message(call, _interaction(call))))


def edit(call: Call) -> Reply:
    """Edit a response; editing a deferred one completes it. Deferred ones are never marked as edited."""
    interaction = _interaction(call)
    message = _message(call, interaction)
    body = call.json
    rules.check_message_edit(body, message_body.shown_whole(call.world, message), call.upload_names)
    if interaction.loading and message is interaction.original:
        return _fill(call, interaction, message, appended(body, call.uploads))
    message_body.change(call.world, message, body, call.uploads, may_ping=responses.may_ping(call.world, interaction))
    is_deferred = message is interaction.original and interaction.answer is ResponseKind.DEFERRED_MESSAGE
    call.world.changed(message, edited=not is_deferred)
    interaction.change()
    return Reply(200, rendering.message(call.world, message))


def delete(call: Call) -> Reply:
    """Delete a response."""
    interaction = _interaction(call)
    call.world.delete(_message(call, interaction))
    interaction.change()
    return Reply(204)


def _fill(call: Call, interaction: Interaction, message: Message, uploads: Mapping[str, Upload]) -> Reply:
    wanted = call.json.get("flags") or 0
    kept = message.flags & MessageFlag.EPHEMERAL
    message_body.fill(
        call.world,
        message,
        call.json,
        uploads,
        may_ping=responses.may_ping(call.world, interaction),
    )
    message.flags = int(kept | wanted & (MessageFlag.COMPONENTS_V2 | MessageFlag.SUPPRESS_EMBEDS))
    call.world.changed(message, edited=False)
    interaction.change()
    return Reply(200, rendering.message(call.world, message))


def _interaction(call: Call) -> Interaction:
    application_id = call.number("webhook_id")
    if application_id not in call.world.applications:
        raise NotSimulatedError("webhooks of channels")
    interaction = call.backend.interactions.of_token(application_id, call.parameters["webhook_token"])
    if interaction is None or not interaction.token_works(call.world.now()):
        raise DiscordError(401, 50027, "Invalid Webhook Token")
    if interaction.channel_id not in call.world.channels:
        raise DiscordError(404, 10003, "Unknown Channel")
    if interaction.answer is None or interaction.kind is InteractionKind.AUTOCOMPLETE:
        raise DiscordError(404, 10015, "Unknown Webhook")
    return interaction


def _message(call: Call, interaction: Interaction) -> Message:
    if call.parameters.get("message_id", ORIGINAL) == ORIGINAL:
        message = interaction.original
    else:
        message_id = call.number("message_id")
        mine = [interaction.original, *interaction.followups]
        message = next((each for each in mine if each and each.id == message_id), None)
    if message is None or message.deleted:
        raise DiscordError(404, 10008, "Unknown Message")
    return message


_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"

ROUTES = [
    Route("POST", _WEBHOOK, follow_up, open=True),
    *(
        route
        for path in (f"{_WEBHOOK}/messages/{ORIGINAL}", f"{_WEBHOOK}/messages/{{message_id}}")
        for route in (
            Route("GET", path, fetch, open=True),
            Route("PATCH", path, edit, open=True),
            Route("DELETE", path, delete, open=True),
        )
    ),
]
