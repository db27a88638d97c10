"""Runs a program on a terminal and types what is next when the screen shows what it is for and has come to rest:
a program that is still drawing its question may throw away what was typed before it listens.

drive_terminal.py SECONDS PATTERN KEYS [PATTERN KEYS]... -- PROGRAM [ARGUMENT]...

The screen is what a reader would see of 40 lines of 120 characters, with runs of spaces as one; PATTERN is a regular expression.
"""
import os
import pty
import re
import select
import sys
import time

import pyte

REST_SECONDS = 0.3

patience = float(sys.argv[1])
end = sys.argv.index("--")
steps = [(sys.argv[n], sys.argv[n + 1].encode().decode("unicode_escape")) for n in range(2, end, 2)]
command = sys.argv[end + 1:]

child, terminal = pty.fork()
if child == 0:
    os.environ.update(TERM="linux", LINES="40", COLUMNS="120")
    os.execvp(command[0], command)

screen = pyte.Screen(120, 40)
stream = pyte.ByteStream(screen)


def read_on(seconds):
    """Draws what the program shows next; false when it has nothing to show for so long, or has ended."""
    if not select.select([terminal], [], [], max(0, seconds))[0]:
        return False
    try:
        shown = os.read(terminal, 65536)
    except OSError:
        return False
    stream.feed(shown)
    return bool(shown)


def seen():
    return re.sub(r"\s+", " ", " ".join(screen.display))


for pattern, keys in steps:
    until = time.monotonic() + patience
    while not re.search(pattern, seen()):
        if not read_on(until - time.monotonic()):
            sys.exit(f"The screen has not shown {pattern!r}:\n" + "\n".join(screen.display))
    while read_on(REST_SECONDS):
        pass
    os.write(terminal, keys.encode())

until = time.monotonic() + patience
while read_on(until - time.monotonic()):
    pass
if time.monotonic() >= until:
    sys.exit("The program has not ended:\n" + "\n".join(screen.display))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
