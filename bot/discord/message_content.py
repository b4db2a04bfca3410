"""The text and pictures of a message, wherever they are: its content, its embeds, its components, its files."""

import pathlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeAlias
from urllib.parse import unquote, urlsplit

import hikari
from hikari.messages import MessageSnapshot

from bot.discord.attachments import attachment_of, picture_named
from bot.domain.values import Attachment

_LINE_BREAKS: Final = str.maketrans("\r\n", "  ")
_OF_ATTACHMENTS: Final = ("/attachments/", "/ephemeral-attachments/")
"""The beginnings of paths of files that Discord stores; pictures from elsewhere come from its proxy."""

Part: TypeAlias = hikari.Message | MessageSnapshot
"""A message, or one that it forwards."""
Media: TypeAlias = hikari.MediaGalleryItem | hikari.ThumbnailComponent | hikari.FileComponent


def parts_of(message: hikari.Message) -> Sequence[Part]:
    """Return the message and its forwarded messages."""
    return (message, *message.message_snapshots)


def text_of(message: hikari.Message) -> str:
    """Return the whole text of the message, in Discord's Markdown; empty if there is none."""
    return "\n\n".join(text for part in parts_of(message) for text in _texts(part) if text.strip())


def files_of(message: hikari.Message) -> tuple[Attachment, ...]:
    """Return the files and pictures of the message, each once and in order."""
    files: dict[str, Attachment] = {}
    for part in parts_of(message):
        for file in _files(part):
            files.setdefault(urlsplit(file.url).path, file)
    return tuple(files.values())


def shown_texts(part: Part) -> Iterator[str]:
    """Yield the texts that components show, from top to bottom."""
    return _texts_in(part.components)


def _texts(part: Part) -> Iterator[str]:
    yield part.content or ""
    yield from map(_embed_text, _own_embeds(part))
    for each in part.components:
        yield from map(_hidden, _texts_in([each])) if _is_hidden(each) else _texts_in([each])


def _files(part: Part) -> Iterator[Attachment]:
    yield from map(attachment_of, part.attachments)
    for embed in _own_embeds(part):
        yield from (_picture(each, each.proxy_resource) for each in (embed.image, embed.thumbnail) if each)
    for each in part.components:
        yield from (_media_picture(media, is_hidden=_is_hidden(each)) for media in _media([each]))


def _texts_in(components: Sequence[Any]) -> Iterator[str]:
    return (each.content for each in _every(components) if isinstance(each, hikari.TextDisplayComponent))


def _is_hidden(component: object) -> bool:
    """Return true for a container that is hidden until a reader opens it."""
    return isinstance(component, hikari.ContainerComponent) and bool(component.is_spoiler)


def _hidden(text: str) -> str:
    """Return a text as one spoiler, without inner spoilers, which would end it."""
    return f"||{text.replace('||', '')}||" if text.strip() else text


def _own_embeds(part: Part) -> Sequence[hikari.Embed]:
    """Return the embeds that a program wrote; others are previews of links in a user's text."""
    content = part.content or ""
    if isinstance(part, hikari.Message) and content and part.webhook_id is None and not part.author.is_bot:
        return ()
    return [embed for embed in part.embeds if not embed.url or embed.url not in content]


def _embed_text(embed: hikari.Embed) -> str:
    """Return the lines of an embed from top to bottom."""
    author = embed.author and embed.author.name
    footer = embed.footer and embed.footer.text
    lines = [
        author,
        _bold(embed.title),
        embed.url,
        embed.description,
        *(line for field in embed.fields for line in (_bold(field.name), field.value)),
        footer and f"-# {footer.translate(_LINE_BREAKS)}",
    ]
    return "\n".join(line for line in lines if line and line.strip())


def _bold(text: str | None) -> str:
    """Return a heading in bold; one with Markdown of its own is unchanged."""
    return f"**{text.strip()}**" if text and text.strip() and "*" not in text else text or ""


def _media(components: Sequence[Any]) -> Iterator[Media]:
    for each in _every(components):
        if isinstance(each, hikari.MediaGalleryComponent):
            yield from each.items
        elif isinstance(each, hikari.ThumbnailComponent | hikari.FileComponent):
            yield each


def _media_picture(shown: Media, *, is_hidden: bool) -> Attachment:
    """Return the picture of a component; one in a hidden container is hidden."""
    is_file = isinstance(shown, hikari.FileComponent)
    media, description = (shown.file, None) if is_file else (shown.media, shown.description)
    return _picture(media, media.proxy_resource, description, is_spoiler=is_hidden or bool(shown.is_spoiler))


def _every(components: Iterable[Any]) -> Iterator[Any]:
    """Yield the components and their inner ones, from top to bottom."""
    for each in components:
        yield each
        inner: Sequence[Any] = getattr(each, "components", None) or ()
        accessory = getattr(each, "accessory", None)
        yield from _every([*inner, accessory] if accessory else inner)


def _picture(
    shown: hikari.files.Resource[Any],
    proxy: hikari.files.Resource[Any] | None,
    description: str | None = None,
    *,
    is_spoiler: bool = False,
) -> Attachment:
    """Return a picture that is shown by its link; its size is unknown."""
    path = urlsplit(shown.url).path
    url = proxy.url if proxy and not path.startswith(_OF_ATTACHMENTS) else shown.url
    name = unquote(pathlib.PurePosixPath(path).name) or "picture"
    return picture_named(name, url, description=description, is_spoiler=is_spoiler)
