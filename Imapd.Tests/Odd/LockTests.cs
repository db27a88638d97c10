using System.Globalization;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Watch;
using Imapd.Tests.EndToEnd.Harness;
using Imapd.Tests.Storage;
using NUnit.Framework;
using Signals = Imapd.Tests.EndToEnd.Harness.Native;

namespace Imapd.Tests.Odd;

/// <summary>Sessions that stand still, and what the others can do meanwhile.</summary>
internal sealed class LockTests : OddTest
{
    private const int SignalStop = 19;
    private const int PipeOctets = 60_000;
    private const string Message = "Subject: x\r\n\r\nbody\r\n";

    [Test]
    public void A_stopped_session_that_holds_the_lock_is_waited_for_a_while_and_when_it_dies_all_go_on()
    {
        using WorkerClient stopped = ConnectSelected();
        Assert.That(stopped.Append("INBOX", Message).IsOk, Is.True);

        // Dovecot's lock, whose holder lives: the session takes the mailbox's own and waits for this one.
        string dotLock = Write("dovecot-uidlist.lock", string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}:{Environment.MachineName}"));
        stopped.Send($"APPEND INBOX {{{Message.Length}+}}\r\n{Message}");
        var options = new StoreOptions { Root = Root, HostName = Environment.MachineName, LockWaitSeconds = 0 };
        Wait.Until(() => IsLocked(options), "the session holds the lock");
        Signals.Signal(stopped.Process.Id, SignalStop);
        File.Delete(dotLock);
        using (MailStore store = MailStore.Open(options))
        {
            Assert.That(() => Append(store), MailboxListTests.Fails(StoreError.InUse));
        }

        using (MailStore patient = MailStore.Open(options with { LockWaitSeconds = 1 }))
        {
            Assert.That(() => Append(patient), MailboxListTests.Fails(StoreError.InUse));
        }

        Signals.Signal(stopped.Process.Id, Signals.SignalKill);
        Wait.Until(() => !IsLocked(options), "its lock has ended with it");
        using WorkerClient other = ConnectSelected();
        Assert.That(other.Append("INBOX", Message).IsOk, Is.True);
        Assert.That(other.Command("UID SEARCH ALL").Untagged[0], Does.StartWith("* SEARCH 1 2"));
    }

    [TestCase("FETCH 1:* BODY[]")]
    [TestCase("FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)")]
    [TestCase("STORE 1:* +FLAGS (\\Answered $Forwarded)")]
    [TestCase("IDLE")]
    public void Who_does_not_read_what_he_asked_for_holds_nobody_up(string command)
    {
        Shell("""
            perl -e 'for (1..3000) { open my $f, ">", "cur/" . (1700000000 + $_) . ".mail:2,"; print $f "Subject: ", "s" x 100, "\n\nbody\n" }'
            cd cur && chown --reference=. *
            """);
        using WorkerClient deaf = ConnectSelected();
        using WorkerClient other = ConnectSelected();
        deaf.Send(command);
        if (command == "IDLE")
        {
            Assert.That(other.Command("STORE 1:* FLAGS (\\Answered $Forwarded k1 k2 k3)").IsOk, Is.True);
        }

        // Its output fills the pipe, and it waits.
        Wait.Until(() => IsStuck(deaf.Process), $"{command} fills the pipe");
        Assert.That(other.Command("STORE 1:* +FLAGS (\\Flagged)").IsOk, Is.True);
        Assert.That(other.Append("INBOX", Message).IsOk, Is.True);
        Assert.That(other.Command("COPY 1:10 INBOX").IsOk, Is.True);
        Assert.That(other.Command("STORE 1:100 +FLAGS.SILENT (\\Deleted)").IsOk, Is.True);
        Assert.That(other.Command("EXPUNGE").IsOk, Is.True);
        Assert.That(other.Command("CREATE elsewhere").IsOk, Is.True);
        Assert.That(other.Command("MOVE 1:10 elsewhere").IsOk, Is.True);
        Assert.That(IsStuck(deaf.Process), Is.True);
    }

    [Test]
    public void Who_sends_half_a_message_holds_nobody_up()
    {
        using WorkerClient slow = ConnectSelected();
        slow.Send("APPEND INBOX {1000+}\r\nSubject: half");
        using WorkerClient other = ConnectSelected();
        Wait.Until(() => Directory.GetFiles(Path.Combine(Root, "tmp")).Length == 1, "the half is on its way");
        Assert.That(other.Append("INBOX", Message).Status, Does.StartWith("OK"));
        Assert.That(other.Command("STORE 1 +FLAGS (\\Deleted)").IsOk, Is.True);
        Assert.That(other.Command("EXPUNGE").Untagged, Does.Contain("* 1 EXPUNGE"));
    }

    private bool IsLocked(StoreOptions options)
    {
        Assert.That(DirectoryHandle.TryOpen(Root, out DirectoryHandle? directory), Is.EqualTo(Errno.None));
        using (directory)
        {
            try
            {
                MailboxLock.Take(directory!, MailboxLock.FileName, options).Dispose();
                return false;
            }
            catch (StoreException error) when (error.Error == StoreError.InUse)
            {
                return true;
            }
        }
    }

    private static void Append(MailStore store)
    {
        using AppendBatch batch = store.BeginAppend(MailboxName.Inbox);
        batch.BeginMessage(new FlagSet(SystemFlags.None, []), null).Write(System.Text.Encoding.Latin1.GetBytes(Message));
        batch.Commit();
    }

    /// <summary>Whether a process has written as much as its pipe holds, and waits for room.</summary>
    private static bool IsStuck(ProcessView process) => process.OctetsWritten >= PipeOctets && process.IsAsleep;
}
