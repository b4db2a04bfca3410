"""The inspection process's program: it runs isolated, and finds the bot's code relative to its own file."""

import pathlib
import sys

if __name__ == "__main__":
    sys.path.append(str(pathlib.Path(__file__).parents[3]))
    from bot.service.pictures.inspection import main

    main()
