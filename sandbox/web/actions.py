"""A user's actions on the page, done by the driver, which rejects what Discord's client does not allow."""

import itertools
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from sandbox.driver import ActionFailedError, NoAnswerError, Person, Seen, menu
from sandbox.interactions.interaction import Interaction
from sandbox.world.entities import Json, Upload

_USER, _CHANNEL, _ROLE, _ATTACHMENT = 6, 7, 8, 11
_SUBCOMMANDS = (1, 2)
_FILE_UPLOAD = 19
_NO_ANSWER = "The application did not respond."
_GONE = "That is no longer available. Reload the page. A form has your text when you open it again, but not your files."

Action = Callable[[Person, Json], Coroutine[Any, Any, Json]]


class Actions:
    """Carries out the actions of users of one page; stores their chosen files and open modals."""

    def __init__(self) -> None:
        self._uploads: dict[int, Upload] = {}
        self._forms: dict[int, Seen] = {}
        self._numbers = itertools.count(1)
        self._known: dict[str, Action] = {
            "command": self._command,
            "complete": self._complete,
            "press": self._press,
            "select": self._select,
            "submit": self._submit,
            "message_action": self._message_action,
            "user_action": self._user_action,
            "send": self._send,
            "delete": self._delete,
        }

    def keep(self, upload: Upload) -> int:
        """Store a chosen file; return the number by which actions refer to it."""
        number = next(self._numbers)
        self._uploads[number] = upload
        return number

    async def act(self, person: Person, request: Json) -> Json:
        """Carry out an action; return its result, or the reason for its failure under `error`."""
        known = self._known.get(str(request.get("do")))
        if known is None:
            return {"error": "The local Discord does not support this request of the page."}
        try:
            return await known(person, request)
        except NoAnswerError:
            return {"error": _NO_ANSWER}
        except TimeoutError:
            return {"error": "The application deferred its response and has not completed it yet."}
        except ActionFailedError as error:
            return {"error": _sentence(str(error))}
        except (LookupError, ValueError, TypeError, AttributeError, OverflowError):
            return {"error": _GONE}

    async def _command(self, person: Person, request: Json) -> Json:
        path = _path(request)
        return self._result(await person.slash(" ".join(path), **self._options(person, path, request["options"])))

    async def _complete(self, person: Person, request: Json) -> Json:
        path, given = _path(request), dict(request["options"])
        given[request["focused"]] = given.pop(request["focused"], "")
        options = {name: value for name, value in given.items() if not isinstance(value, dict)}
        choices = await person.autocomplete(" ".join(path), **options)
        return {"choices": [{"name": name, "value": value} for name, value in choices]}

    async def _press(self, person: Person, request: Json) -> Json:
        return self._result(await person.use(_message(person, request), str(request["custom_id"])))

    async def _select(self, person: Person, request: Json) -> Json:
        values = [str(each) for each in request["values"]]
        return self._result(await person.use(_message(person, request), str(request["custom_id"]), values))

    async def _submit(self, person: Person, request: Json) -> Json:
        opened = self._forms[int(request["form"])]
        kinds = {each.custom_id: each.component["type"] for each in opened.form.fields} if opened.form else {}
        filled = {
            name: self._taken(value) if kinds.get(name) == _FILE_UPLOAD else value
            for name, value in request["fields"].items()
        }
        return self._result(await person.submit(opened, **filled))

    async def _message_action(self, person: Person, request: Json) -> Json:
        return self._result(await person.message_action(str(request["name"]), _message(person, request)))

    async def _user_action(self, person: Person, request: Json) -> Json:
        user = person.sandbox.world.users[int(request["user"])]
        return self._result(await person.user_action(str(request["name"]), user))

    async def _send(self, person: Person, request: Json) -> Json:
        person.send(str(request.get("text") or ""), self._taken(request.get("files") or ()))
        return {}

    async def _delete(self, person: Person, request: Json) -> Json:
        person.delete(_message(person, request))
        return {}

    def _taken(self, numbers: Sequence[Any]) -> list[Upload]:
        """Remove and return the files with these numbers."""
        return [self._uploads.pop(int(each)) for each in numbers]

    def _options(self, person: Person, path: Sequence[str], given: Json) -> dict[str, Any]:
        kinds = {each["name"]: each["type"] for each in _described(person, path)}
        return {name: self._value(person, kinds.get(name), value) for name, value in given.items()}

    def _value(self, person: Person, kind: int | None, value: Any) -> menu.Value:  # noqa: ANN401 - JSON
        world = person.sandbox.world
        if kind == _ATTACHMENT:
            return self._taken([value])[0]
        if kind == _USER:
            return world.users[int(value)]
        if kind == _CHANNEL:
            return world.channels[int(value)]
        if kind == _ROLE:
            return world.guilds[person.channel.guild_id or 0].roles[int(value)]
        return value

    def _result(self, seen: Seen) -> Json:
        if seen.form is None:
            return {"answer": _answer(seen.interaction)}
        number = next(self._numbers)
        self._forms[number] = seen
        modal: Json = (seen.interaction and seen.interaction.modal) or {}
        typed = {each.custom_id: each.value for each in seen.form.fields}
        return {"form": {"number": number, "title": seen.form.title, "components": modal["components"], "typed": typed}}


def _path(request: Json) -> list[str]:
    return [str(each) for each in request["path"]]


def _message(person: Person, request: Json) -> Seen:
    message = person.sandbox.world.messages.get(int(request["message"]))
    if message is None:
        raise ActionFailedError("that message was deleted")
    return Seen(message)


def _described(person: Person, path: Sequence[str]) -> Sequence[Json]:
    """Return the options of the command at this path."""
    bodies = {each.name: each.body for each in person.sandbox.world.commands.values()}
    body = bodies.get(path[0]) or {}
    for name in path[1:]:
        inner = {each["name"]: each for each in _options_of(body) if each["type"] in _SUBCOMMANDS}
        body = inner.get(name) or {}
    return _options_of(body)


def _options_of(body: Json) -> Sequence[Json]:
    return body.get("options") or []


def _answer(interaction: Interaction | None) -> str | None:
    """Return the id of the original response, so that the page can scroll to it."""
    return str(interaction.original.id) if interaction and interaction.original else None


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")
