"""A user of Discord's client, viewing one channel."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

import aiohttp

from sandbox import rendering, rules
from sandbox.driver import menu
from sandbox.driver.errors import ActionFailedError
from sandbox.driver.seen import Form, Picture, Seen, form_of
from sandbox.interactions.interaction import Interaction, InteractionKind, ResponseKind
from sandbox.messages import user_actions
from sandbox.messages.components import every_component, find_component
from sandbox.messages.message_body import ATTACHMENT_SIZE_LIMIT
from sandbox.server import Sandbox
from sandbox.world.condition import PATIENCE
from sandbox.world.entities import Channel, Command, CommandKind, Json, Message, Upload, User
from sandbox.world.permissions import Permissions

P = TypeVar("P")
T = TypeVar("T")

MAX_MESSAGE_LENGTH = 2000
"""Limit of characters without Nitro; below it the limit of files (Discord's documentation, Create Message)."""
MAX_FILES = 10

_GALLERY, _FILE = 12, 13
_PATIENCE = aiohttp.ClientTimeout(total=PATIENCE)


class Person:
    """One user; each action returns the view of its result.

    Raises:
        ActionFailedError: from each action that the client does not allow.
        NoAnswerError: from each action that the application did not answer in 3 seconds.
    """

    def __init__(self, sandbox: Sandbox, user: User, channel: Channel) -> None:
        """View `channel` as `user`."""
        self.sandbox = sandbox
        self.user = user
        self.channel = channel
        self._typed: dict[str, dict[str, rules.Filled]] = {}

    def at(self, channel: Channel) -> "Person":
        """Return the same user, viewing another channel."""
        return Person(self.sandbox, self.user, channel)

    async def slash(self, path: str, /, **options: menu.Value) -> Seen:
        """Use a slash command: `slash("plan post", coach="d")`."""
        name, *inner = path.split()
        command = self._command(CommandKind.SLASH, name)
        filled, uploads = menu.filled_in(command, inner, options)
        _check_sizes(list(uploads.values()))
        _check(rules.check_options, command.body, filled)
        return await self._see(
            await self.sandbox.interactions.invoke_command(self.user, self.channel, command, filled, uploads)
        )

    async def autocomplete(self, path: str, /, **options: menu.Value) -> list[tuple[str, str]]:
        """Type into the last of `options`; return the names and values of the choices."""
        name, *inner = path.split()
        command = self._command(CommandKind.SLASH, name)
        filled, _ = menu.filled_in(command, inner, options, list(options)[-1])
        _check(rules.check_autocomplete, command.body, filled)
        interaction = await self.sandbox.interactions.autocomplete(self.user, self.channel, command, filled)
        await interaction.first_answer()
        return [(choice["name"], choice["value"]) for choice in interaction.choices or ()]

    async def message_action(self, name: str, target: Message | Seen) -> Seen:
        """Use a message command."""
        return await self._act_on(CommandKind.MESSAGE, name, self._seen(target))

    async def user_action(self, name: str, target: User) -> Seen:
        """Use a user command."""
        return await self._act_on(CommandKind.USER, name, target)

    async def click(self, target: Message | Seen, name: str) -> Seen:
        """Click the button with this label or custom_id."""
        button = Seen(self._seen(target)).button(name)
        return await self.use(target, button["custom_id"])

    async def select(self, target: Message | Seen, *labels: str, menu: str | None = None) -> Seen:
        """Choose these options in a select menu: the first that has them, or the one with this placeholder."""
        seen = Seen(self._seen(target))
        for menu_ in seen.selects:
            if menu not in (None, menu_.get("placeholder")):
                continue
            values = {option["label"]: option["value"] for option in menu_.get("options", ())}
            if set(labels) <= values.keys() and not menu_.get("disabled"):
                return await self.use(target, menu_["custom_id"], [values[label] for label in labels])
        raise ActionFailedError(f"no menu offers {labels}, only {seen.choices}")

    async def use(self, target: Message | Seen, custom_id: str, values: Sequence[str] | None = None) -> Seen:
        """Click the button with this custom_id, or choose these values in the select menu with it."""
        message = self._seen(target)
        _check(rules.check_press, find_component(message.components, custom_id), values)
        return await self._see(await self.sandbox.interactions.press(self.user, message, custom_id, values))

    def type(self, seen: Seen, **fields: rules.Filled) -> None:
        """Type into an open modal without submitting it; the client caches the text by the modal's custom_id."""
        form = _form(seen)
        self._typed.setdefault(form.custom_id, {}).update(
            {form.field(name).custom_id: filled for name, filled in fields.items()}
        )

    async def submit(self, seen: Seen, **fields: rules.Filled) -> Seen:
        """Submit an open modal; omitted fields are unchanged. It stays open if the application does not answer.

        Args:
            seen: the modal.
            fields: by label or custom_id: text, a tick, the value of a radio button, or a list of values or files.
        """
        form = _form(seen)
        if form.sent or seen.interaction is None or seen.interaction.modal is None:
            raise ActionFailedError(f"the form {form.title!r} is not open any more")
        self.type(seen, **fields)
        typed: dict[str, rules.Filled] = {each.custom_id: each.value for each in form.fields if each.is_text}
        filled = typed | self._typed[form.custom_id]
        labels = {each.custom_id: each.label for each in form.fields}
        _check(rules.check_submission, seen.interaction.modal, filled, labels)
        given = (each for value in filled.values() if isinstance(value, list | tuple) for each in value)
        _check_sizes([each for each in given if isinstance(each, Upload)])
        sent = await self.sandbox.interactions.submit(self.user, seen.interaction, filled)
        answer = await self._see(sent)
        form.sent = True
        del self._typed[form.custom_id]
        return answer

    def send(self, text: str = "", files: Sequence[Upload] = ()) -> Message:
        """Send a message to the channel."""
        if not text.strip() and not files:
            raise ActionFailedError("a message needs text or a file")
        if len(text) > MAX_MESSAGE_LENGTH or len(files) > MAX_FILES:
            raise ActionFailedError(f"a message takes {MAX_MESSAGE_LENGTH} characters and {MAX_FILES} files")
        _check_sizes(files)
        if files and not self._may(Permissions.ATTACH_FILES):
            raise ActionFailedError(f"{self.user.username} may not attach files here")
        return _permitted(lambda: user_actions.say(self.sandbox.world, self.user, self.channel, text.strip(), files))

    def delete(self, target: Message | Seen) -> None:
        """Delete a message: the user's own or, with Manage Messages, any."""
        message = self._seen(target)
        _permitted(lambda: user_actions.delete(self.sandbox.world, self.user, message))

    def purge(self, targets: Sequence[Message | Seen]) -> None:
        """Delete 2 to 100 messages in bulk, with Manage Messages."""
        messages = [self._seen(each) for each in targets]
        _permitted(lambda: user_actions.purge(self.sandbox.world, self.user, messages))

    def forward(self, target: Message | Seen) -> Message:
        """Forward a message to the channel."""
        source = self._seen(target)
        return _permitted(lambda: user_actions.forward(self.sandbox.world, self.user, self.channel, source))

    def show_sticker(self, name: str) -> Message:
        """Send a sticker without text."""
        return _permitted(lambda: user_actions.show_sticker(self.sandbox.world, self.user, self.channel, name))

    def ask(self, question: str, *answers: str) -> Message:
        """Create a poll."""
        return _permitted(lambda: user_actions.ask(self.sandbox.world, self.user, self.channel, question, answers))

    async def followup(self, seen: Seen, number: int = 1) -> Seen:
        """Wait for the nth followup message and return it."""
        if seen.interaction is None:
            raise ActionFailedError("this answers nothing")
        await seen.interaction.until(lambda: len(seen.followups) >= number)
        return seen.followups[number - 1]

    def see(self) -> list[Seen]:
        """Return the channel's messages that this user sees, oldest first."""
        return [Seen(message) for message in self.sandbox.world.visible_messages(self.user, self.channel)]

    async def pictures(self, target: Message | Seen) -> list[Picture]:
        """Download the media gallery items of a message, from top to bottom, by fresh links like a client.

        Raises:
            ActionFailedError: an item can't be downloaded, or is not on the sandbox's CDN.
        """
        shown = rendering.message(self.sandbox.world, self._seen(target))
        galleries = (each for each in every_component(shown["components"]) if each["type"] == _GALLERY)
        async with aiohttp.ClientSession(timeout=_PATIENCE) as session:
            return [await self._picture(session, item) for gallery in galleries for item in gallery["items"]]

    async def file(self, target: Message | Seen, name: str) -> bytes:
        """Download the file with this name by a fresh link like a client.

        Raises:
            ActionFailedError: the message has no such file, or it can't be downloaded.
        """
        shown = rendering.message(self.sandbox.world, self._seen(target))
        links = [each["file"]["url"] for each in every_component(shown["components"]) if each["type"] == _FILE]
        found = [link for link in links if link.partition("?")[0].rpartition("/")[2] == name]
        if not found:
            raise ActionFailedError(f"there is no file {name} among {len(links)}")
        async with aiohttp.ClientSession(timeout=_PATIENCE) as session:
            return (await self._fetched(session, found[0]))[1]

    async def _picture(self, session: aiohttp.ClientSession, item: Json) -> Picture:
        name, data = await self._fetched(session, item["media"]["url"])
        return Picture(name, data, item["description"])

    async def _fetched(self, session: aiohttp.ClientSession, link: str) -> tuple[str, bytes]:
        """Return the name and the bytes of a file on the CDN."""
        if not link.startswith(f"{self.sandbox.cdn_url}/"):
            raise ActionFailedError(f"{link} does not lie on the CDN")
        try:
            async with session.get(link, allow_redirects=False) as answer:
                data = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ActionFailedError(f"{link} could not be fetched") from error
        if answer.status != 200:
            raise ActionFailedError(f"{link} is answered with {answer.status}")
        return answer.url.name, data

    def _command(self, kind: CommandKind, name: str) -> Command:
        if not self._may(Permissions.VIEW_CHANNEL):
            raise ActionFailedError(f"{self.user.username} does not see this channel")
        return menu.find(self.sandbox.world, self.user, self.channel, kind, name)

    def _may(self, permission: Permissions) -> bool:
        return bool(self.sandbox.world.permissions_of(self.user.id, self.channel) & permission)

    def _seen(self, target: Message | Seen) -> Message:
        message = target.message if isinstance(target, Seen) else target
        if message is None or message.deleted or message.visible_to not in (None, self.user.id):
            raise ActionFailedError(f"{self.user.username} does not see this message")
        return message

    async def _act_on(self, kind: CommandKind, name: str, target: User | Message) -> Seen:
        command = self._command(kind, name)
        interactions = self.sandbox.interactions
        return await self._see(await interactions.invoke_command(self.user, self.channel, command, target=target))

    async def _see(self, interaction: Interaction) -> Seen:
        answer = await interaction.first_answer()
        if answer is ResponseKind.MODAL:
            form = form_of(interaction.modal or {})
            for each in form.fields:
                typed = self._typed.get(form.custom_id, {}).get(each.custom_id)
                each.value = typed if isinstance(typed, str) else each.value
            return Seen(None, interaction, form)
        if interaction.kind is InteractionKind.COMPONENT and answer is ResponseKind.DEFERRED_UPDATE:
            return Seen(interaction.message, interaction)
        return Seen(await interaction.filled(), interaction)


def _form(seen: Seen) -> Form:
    if seen.form is None:
        raise ActionFailedError("no form is open")
    return seen.form


def _check_sizes(files: Sequence[Upload]) -> None:
    if any(len(file.data) > ATTACHMENT_SIZE_LIMIT for file in files):
        raise ActionFailedError(f"a file has {ATTACHMENT_SIZE_LIMIT} bytes at most")


def _permitted(act: Callable[[], T]) -> T:
    """Run an action; raise ActionFailedError if the user lacks the permission."""
    try:
        return act()
    except (PermissionError, ValueError) as error:
        raise ActionFailedError(str(error)) from error


def _check(
    rule: Callable[[Json, P], None], component: Json, given: P, labels: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Check a rule of Discord's client; raise ActionFailedError if it is violated."""
    try:
        rule(component, given)
    except rules.FieldErrors as error:
        raise ActionFailedError(error.words(labels)) from error
