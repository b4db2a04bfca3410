"""`python -m bot ...` and `coachbook ...`: hand over to the command line."""

from bot.search_path import put_start_folder_last

put_start_folder_last()  # before any import that the folder could shadow

from bot.cli.entry import main  # noqa: E402

__all__ = ["main"]

if __name__ == "__main__":
    main()
