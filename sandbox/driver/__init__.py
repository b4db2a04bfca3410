"""Simulated users: they can do what Discord's client allows, and see what it shows.

driver = Driver(sandbox)
dana = driver.person("dana", channel)
form = await dana.slash("plan post", coach="d")
answer = await dana.submit(form, Plan="Long above 21,450")
mia = driver.person("mia", channel)
assert "21,450" in mia.see()[-1].text
"""

from sandbox.driver.errors import ActionFailedError
from sandbox.driver.person import Person
from sandbox.driver.seen import Field, Form, Picture, Seen
from sandbox.interactions.interaction import NoAnswerError
from sandbox.server import Sandbox
from sandbox.world.entities import Channel

__all__ = ["ActionFailedError", "Driver", "Field", "Form", "NoAnswerError", "Person", "Picture", "Seen"]


class Driver:
    """The users of a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Drive the users of `sandbox`."""
        self.sandbox = sandbox

    def person(self, name: str, channel: Channel) -> Person:
        """Return the user with this username, viewing a channel.

        Raises:
            LookupError: no user has this name.
        """
        for user in self.sandbox.world.users.values():
            if user.username == name.lower():
                return Person(self.sandbox, user, channel)
        raise LookupError(f"nobody is called {name}")
