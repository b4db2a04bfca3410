"""How a picture comes in: fetched, inspected in a process of its own, stored."""
