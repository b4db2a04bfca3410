"""`python -m bot ...` and `coachbook ...`: hand over to the command line."""

from bot.search_path import put_start_folder_last

put_start_folder_last()  # before anything is imported that could be found there

from bot.cli.entry import main  # noqa: E402

__all__ = ["main"]

if __name__ == "__main__":
    main()
