"""A session as Python's imaplib leads it: imaplib_session.py PORT CERTIFICATE USER PASSWORD. Fails on the first surprise."""

import imaplib
import ssl
import sys
import time

port, certificate, user, password = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
message = b"From: a@example.org\r\nSubject: from imaplib\r\n\r\nBody with 8-bit \xc3\xa9.\r\n"


def check(answer, expected="OK"):
    kind, data = answer
    assert kind == expected, (kind, data)
    return data


context = ssl.create_default_context(cafile=certificate)
with imaplib.IMAP4_SSL("localhost", port, ssl_context=context) as client:
    try:
        client.login(user, "not the password")
        raise AssertionError("a wrong password was accepted")
    except imaplib.IMAP4.error as error:
        assert "AUTHENTICATIONFAILED" in str(error), error
    check(client.login(user, password))
    check(client.select("INBOX"))
    assert check(client.search(None, "ALL")) == [b""]

    check(client.append("INBOX", r"(\Seen \Flagged)", imaplib.Time2Internaldate(time.time()), message))
    check(client.noop())
    assert check(client.search(None, "ALL")) == [b"1"]
    assert check(client.fetch("1", "(RFC822)"))[0][1] == message
    assert b"RFC822.SIZE %d" % len(message) in check(client.fetch("1", "(RFC822.SIZE)"))[0]
    flags = imaplib.ParseFlags(check(client.fetch("1", "(FLAGS)"))[0])
    assert {rb"\Seen", rb"\Flagged"} <= set(flags), flags

    check(client.create("Work"))
    check(client.create('"Work/Sub mailbox"'))
    check(client.subscribe("Work"))
    names = b"\n".join(check(client.list()))
    assert b"Work" in names and b"Work/Sub mailbox" in names, names
    assert b"Work" in b"\n".join(check(client.lsub()))
    check(client.copy("1", "Work"))
    assert b"MESSAGES 1" in check(client.status("Work", "(MESSAGES UIDNEXT UNSEEN)"))[0]

    check(client.store("1", "+FLAGS", r"(\Deleted $Label1)"))
    check(client.expunge())
    assert check(client.search(None, "ALL")) == [b""]

    check(client.select("Work"))
    assert check(client.search(None, "SUBJECT", '"from imaplib"')) == [b"1"]
    assert check(client.search(None, "SUBJECT", '"something else"')) == [b""]
    assert check(client.uid("SEARCH", None, "FLAGGED"))[0].split()
    check(client.close())
    check(client.rename("Work", "Done"))
    check(client.delete('"Done/Sub mailbox"'))
    check(client.delete("Done"))
    check(client.select("Done"), "NO")
