"""`python -m bot ...`: hands over to the command line."""

from bot.cli.commands import main

if __name__ == "__main__":
    main()
