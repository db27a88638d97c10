using Imapd.Protocol.Handoff;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary>What one session does reaches the other when it may, and not before.</summary>
public sealed class SessionUpdatesTests
{
    private const uint Unknown = 0;

    private TestServer _server = null!;
    private TestClient _other = null!;

    [SetUp]
    public void SetUp()
    {
        _server = TestServer.Start(Mail.Three);
        _other = _server.LogIn();
        _other.Command("s SELECT INBOX");
    }

    [TearDown]
    public void TearDown()
    {
        _other.Dispose();
        _server.Dispose();
    }

    [Test]
    public void A_message_expunged_elsewhere_keeps_its_number_until_the_client_is_told()
    {
        _other.Command("a STORE 2 +FLAGS (\\Deleted)");
        _other.Command("b EXPUNGE");
        _server.Converse("""
            C: a FETCH 3 (UID)
            S: * 3 FETCH (UID 3)
            S: a OK …
            C: b NOOP
            S: * 2 EXPUNGE
            S: b OK …
            C: c FETCH 2 (UID)
            S: * 2 FETCH (UID 3)
            S: c OK …
            """);
    }

    [Test]
    public void The_UID_form_of_a_command_may_tell_what_was_expunged()
    {
        _other.Command("a STORE 2 +FLAGS.SILENT (\\Deleted)");
        _other.Command("b EXPUNGE");
        _server.Converse("""
            C: a UID FETCH 3 (UID)
            S: * 3 FETCH (UID 3)
            S: * 2 EXPUNGE
            S: a OK …
            """);
    }

    [Test]
    public void Arrivals_are_told_with_any_command_and_behind_lost_messages()
    {
        _other.Command("a STORE 1 +FLAGS.SILENT (\\Deleted)");
        _other.Command("b EXPUNGE");
        _server.Deliver(Mail.Of("fourth"));
        _server.Converse("""
            C: a FETCH 3 (UID)
            S: * 3 FETCH (UID 3)
            S: * 4 EXISTS
            S: * 1 RECENT
            S: a OK …
            C: b NOOP
            S: * 1 EXPUNGE
            S: b OK …
            C: c FETCH 1:3 (UID)
            S: * 1 FETCH (UID 2)
            S: * 2 FETCH (UID 3)
            S: * 3 FETCH (UID 4)
            S: c OK …
            """);
    }

    [Test]
    public void In_rev2_nothing_is_recent()
    {
        _server.Client.Command("e ENABLE IMAP4rev2");
        _server.Deliver(Mail.Of("fourth"));
        _server.Converse("""
            C: a NOOP
            S: * 4 EXISTS
            S: a OK …
            """);
    }

    [Test]
    public void Flags_changed_elsewhere_are_told_once()
    {
        _other.Command("a STORE 2 +FLAGS (\\Flagged)");
        _server.Converse("""
            C: a NOOP
            S: * 2 FETCH (UID 2 FLAGS (\Flagged \Seen))
            S: a OK …
            C: b NOOP
            S: b OK …
            """);
    }

    [Test]
    public void Flags_that_the_client_has_seen_or_set_itself_are_not_told_again()
    {
        _other.Command("a STORE 2 +FLAGS (\\Flagged)");
        _server.Converse("""
            C: a NOOP
            S: * 2 FETCH (UID 2 FLAGS (\Flagged \Seen))
            S: a OK …
            C: b STORE 1 +FLAGS (\Answered)
            S: * 1 FETCH (FLAGS (\Answered \Seen))
            S: b OK …
            C: c STORE 1 -FLAGS.SILENT (\Answered)
            S: c OK …
            C: d NOOP
            S: d OK …
            """);
    }

    [Test]
    public void A_new_keyword_is_told_before_the_first_message_that_bears_it()
    {
        _other.Command("a STORE 2 +FLAGS ($Work)");
        _server.Converse("""
            C: a NOOP
            S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $Work)
            S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft $Work \*)] …
            S: * 2 FETCH (UID 2 FLAGS (\Seen $Work))
            S: a OK …
            """);
    }

    [Test]
    public void IDLE_tells_of_a_delivery_as_it_happens()
    {
        _server.Converse("""
            C: a IDLE
            S: + idling
            """);
        _server.Deliver(Mail.Of("fourth"));
        _server.Converse("""
            S: * 4 EXISTS
            S: * 1 RECENT
            C: DONE
            S: a OK …
            """);
    }

    [Test]
    public void IDLE_tells_of_flags_and_lost_messages_as_they_happen()
    {
        _server.Converse("""
            C: a IDLE
            S: + idling
            """);
        _other.Command("b STORE 2 +FLAGS (\\Deleted)");
        _server.Converse("""
            S: * 2 FETCH (UID 2 FLAGS (\Deleted \Seen))
            """);
        _other.Command("c EXPUNGE");
        _server.Converse("""
            S: * 2 EXPUNGE
            """);
        File.Delete(Directory.GetFiles(Path.Combine(_server.MailRoot, "cur"))[0]);
        _server.Converse("""
            S: * … EXPUNGE
            C: done
            S: a OK …
            """);
    }

    [Test]
    public void IDLE_tells_at_once_what_happened_before_it()
    {
        _server.Deliver(Mail.Of("fourth"));
        _server.Converse("""
            C: a IDLE
            S: + idling
            S: * 4 EXISTS
            S: * 1 RECENT
            C: DONE
            S: a OK …
            """);
    }

    [Test]
    public void DONE_may_come_together_with_IDLE_and_the_next_commands()
    {
        _server.Client.Send("a IDLE\r\nDONE\r\nb NAMESPACE\r\nc IDLE\r\nDONE\r\nd NOOP\r\n").Converse("""
            S: + idling
            S: a OK …
            S: * NAMESPACE …
            S: b OK …
            S: + idling
            S: c OK …
            S: d OK …
            """);
    }

    [Test]
    public void Anything_but_DONE_ends_IDLE_with_BAD() => _server.Converse("""
        C: a IDLE
        S: + idling
        C: b NOOP
        S: a BAD …
        C: c NOOP
        S: c OK …
        """);

    [Test]
    public void IDLE_without_a_mailbox_waits_for_DONE() => _server.LogIn().Converse("""
        C: a IDLE
        S: + idling
        C: DONE
        S: a OK …
        """);

    [Test]
    public void IDLE_ends_when_the_master_says_so_or_nothing_comes_for_long()
    {
        _other.Converse("""
            C: a IDLE
            S: + idling
            """);
        _other.Host.ShutDown(ShutdownReason.ReplacedBySameUser);
        _other.Converse("S: * BYE [UNAVAILABLE] …");
        Assert.That(_other.End(), Is.EqualTo(SessionEnd.Shutdown));
    }

    [Test]
    public void Numbers_are_those_the_client_was_told_whatever_happens_meanwhile([Range(1, 5)] int seed)
    {
        var random = new Random(seed);
        var model = new List<uint>();
        model.AddRange([1, 2, 3]);
        for (int step = 0; step < 40; step++)
        {
            ActElsewhere(random);
            string command = random.Next(3) switch { 0 => "NOOP", 1 => "UID FETCH 1:* (UID)", _ => "FETCH 1:* (UID)" };
            if (model.Count == 0)
            {
                command = "NOOP";
            }

            foreach (string line in _server.Client.Command($"x{step} {command}"))
            {
                Follow(model, line);
            }

            if (command == "NOOP")
            {
                List<uint> uids = UidsOnDisk();
                Assert.That(model, Has.Count.EqualTo(uids.Count));
                Assert.That(model.Select((uid, index) => uid == Unknown ? uids[index] : uid), Is.EqualTo(uids));
            }
        }
    }

    [Test]
    public void A_new_keyword_is_in_FLAGS_before_it_is_in_a_FETCH_response()
    {
        _server.Converse("""
            C: a STORE 1 +FLAGS (First)
            S: * FLAGS (… First)
            S: * OK [PERMANENTFLAGS (… First \*)] …
            S: * 1 FETCH (FLAGS (\Seen First))
            S: a OK …
            C: b STORE 2 FLAGS.SILENT ()
            S: b OK …
            """);
        _other.Command("a STORE 2 +FLAGS (Second)");
        _server.Converse("""
            C: c FETCH 2 (BODY[TEXT])
            S: * FLAGS (… First Second)
            S: * OK [PERMANENTFLAGS (… First Second \*)] …
            S: * 2 FETCH (BODY[TEXT] {…
            S: …
            S: … FLAGS (\Seen Second))
            S: c OK …
            """);
    }

    [Test]
    public void Keywords_made_one_right_after_the_other_are_all_seen_elsewhere()
    {
        for (int i = 0; i < 10; i++)
        {
            _server.Client.Command($"a STORE 1 +FLAGS (Mine{i})");
            _other.Command($"a STORE 2 +FLAGS (Yours{i})");
        }

        _server.Converse("""
            C: b NOOP
            S: …
            S: b OK …
            C: c FETCH 1:2 (FLAGS)
            S: * 1 FETCH (FLAGS (\Seen Mine0 Mine1 Mine2 Mine3 Mine4 Mine5 Mine6 Mine7 Mine8 Mine9))
            S: * 2 FETCH (FLAGS (\Seen Yours0 Yours1 Yours2 Yours3 Yours4 Yours5 Yours6 Yours7 Yours8 Yours9))
            S: c OK …
            """);
    }

    [Test]
    public void The_number_of_recent_messages_is_told_again_when_one_of_them_is_expunged()
    {
        _server.Deliver(Mail.Of("new"));
        _server.Deliver(Mail.Of("newer"));
        _server.Converse("""
            C: a NOOP
            S: * 5 EXISTS
            S: * 2 RECENT
            S: a OK …
            C: b STORE 5 +FLAGS.SILENT (\Deleted)
            S: b OK …
            C: c EXPUNGE
            S: * 5 EXPUNGE
            S: * 1 RECENT
            S: c OK …
            """);
    }

    [Test]
    public void STATUS_counts_the_messages_that_are_recent_to_this_session()
    {
        _server.Deliver(Mail.Of("new"));
        _server.Converse("""
            C: a NOOP
            S: …
            S: a OK …
            C: b STATUS INBOX (RECENT)
            S: * STATUS INBOX (RECENT 1)
            S: b OK …
            """);
        _other.Converse("""
            C: b STATUS INBOX (RECENT)
            S: * STATUS INBOX (RECENT 0)
            S: …
            S: b OK …
            """);
    }

    [TestCase("UID FETCH 2 (BODY[])")]
    [TestCase("UID STORE 2 +FLAGS (\\Flagged)")]
    [TestCase("UID COPY 2 INBOX")]
    [TestCase("UID MOVE 2 INBOX")]
    public void A_UID_of_a_message_lost_a_moment_ago_is_no_error(string command)
    {
        _other.Command("a STORE 2 +FLAGS.SILENT (\\Deleted)");
        _other.Command("b EXPUNGE");
        _server.Converse($"""
            C: a {command}
            S: * 2 EXPUNGE
            S: a OK [EXPUNGEISSUED] …
            """);
    }

    private void ActElsewhere(Random random) => _server.Elsewhere(mailbox =>
    {
        MailboxState state = mailbox.State;
        Uid[] some = [.. Enumerable.Range(0, state.Count).Where(_ => random.Next(4) == 0).Select(state.UidAt)];
        switch (random.Next(3))
        {
            case 0:
                mailbox.ChangeFlags(some, new FlagChange(FlagChangeKind.Add, new FlagSet(SystemFlags.Deleted, [])));
                mailbox.Expunge(some);
                break;
            case 1:
                mailbox.ChangeFlags(some, new FlagChange(FlagChangeKind.Add, new FlagSet(SystemFlags.Flagged, [])));
                break;
            default:
                _server.Deliver(Mail.Of("another"));
                break;
        }
    });

    /// <summary>Does to the list of UIDs what the response says, and compares what it says with the list.</summary>
    private static void Follow(List<uint> model, string line)
    {
        string[] words = line.Split(' ');
        if (words is ["*", _, "EXPUNGE"])
        {
            model.RemoveAt(int.Parse(words[1]) - 1);
        }
        else if (words is ["*", _, "EXISTS"])
        {
            int count = int.Parse(words[1]);
            Assert.That(count, Is.GreaterThanOrEqualTo(model.Count), line);
            model.AddRange(Enumerable.Repeat(Unknown, count - model.Count));
        }
        else if (words is ["*", _, "FETCH", "(UID", ..])
        {
            int index = int.Parse(words[1]) - 1;
            uint uid = uint.Parse(words[4].TrimEnd(')'));
            Assert.That(model[index], Is.EqualTo(uid).Or.EqualTo(Unknown), line);
            model[index] = uid;
        }
    }

    private List<uint> UidsOnDisk()
    {
        var uids = new List<uint>();
        _server.Elsewhere(mailbox =>
        {
            for (int i = 0; i < mailbox.State.Count; i++)
            {
                uids.Add(mailbox.State.UidAt(i).Value);
            }
        });
        return uids;
    }
}
