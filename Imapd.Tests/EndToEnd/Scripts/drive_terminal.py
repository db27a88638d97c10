"""Runs a program on a terminal, and types what is next when the screen has shown what it waits for and has come to rest:
a program that is still drawing its question may throw away what was typed before it listens.

drive_terminal.py SECONDS TEXT KEYS [TEXT KEYS]... -- PROGRAM [ARGUMENT]...
"""
import os
import pty
import re
import select
import sys
import time

REST_SECONDS = 0.3

patience = float(sys.argv[1])
end = sys.argv.index("--")
steps = [(sys.argv[n], sys.argv[n + 1].encode().decode("unicode_escape")) for n in range(2, end, 2)]
command = sys.argv[end + 1:]

child, terminal = pty.fork()
if child == 0:
    os.environ.update(TERM="xterm", LINES="40", COLUMNS="120")
    os.execvp(command[0], command)

screen = ""


def read_on(until):
    """Reads what the program shows next; false when it has ended."""
    global screen
    if not select.select([terminal], [], [], max(0, until - time.monotonic()))[0]:
        sys.exit(f"The screen has not shown {steps[0][0]!r}:\n{screen[-3000:]}")
    try:
        shown = os.read(terminal, 65536)
    except OSError:
        return False
    screen += shown.decode("utf-8", "replace")
    return bool(shown)


def plain():
    return re.sub(r"\s+", " ", re.sub(r"\x1b(\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[=>78])", " ", screen))


while steps:
    until = time.monotonic() + patience
    while steps[0][0] not in plain():
        if not read_on(until):
            sys.exit(f"The program ended before it has shown {steps[0][0]!r}:\n{screen[-3000:]}")
    while select.select([terminal], [], [], REST_SECONDS)[0] and read_on(until):
        pass
    screen = ""
    os.write(terminal, steps.pop(0)[1].encode())

steps = [("its end", "")]
until = time.monotonic() + patience
while read_on(until):
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
