"""The program of the process that tries plugins: it runs isolated, and finds the bot's code by its own path."""

import gc
import importlib
import os
import pathlib
import signal
import sys

if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a plugin that prints does not write into the answers
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the bot
    sys.path.append(str(pathlib.Path(__file__).parents[2]))
    gc.disable()  # looking for garbage among modules took a seventh of the start's time
    from bot.plugin_host.trial import serve

    importlib.import_module("bot.plugin_host.host")  # with the modules of most plugins, once for all trials
    gc.freeze()
    gc.enable()
    serve(sys.stdin.buffer, answers)
