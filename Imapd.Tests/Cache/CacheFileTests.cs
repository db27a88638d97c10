using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Cache;
using Imapd.Tests.Storage;
using Mono.Unix.Native;
using NUnit.Framework;
using static Imapd.Tests.Cache.CachedContent;

namespace Imapd.Tests.Cache;

/// <summary>imapd.cache: what is put in comes out, or does not, but never anything else.</summary>
public sealed class CacheFileTests
{
    private TestTree _tree = null!;
    private string _path = null!;

    [SetUp]
    public void SetUp()
    {
        _tree = new TestTree();
        _path = Path.Combine(_tree.Root, "imapd.cache");
    }

    [TearDown]
    public void TearDown() => _tree.Dispose();

    [Test]
    public void What_was_added_is_found_by_this_session_and_others()
    {
        Deliver(5);
        Mailbox mailbox = _tree.Open();
        Mailbox other = _tree.Open();
        Assert.That(Held(other, 3), Is.Empty);
        other.Cache.Rest();
        Add(mailbox, 3, Kinds);
        Add(mailbox, 1, CacheKind.Envelope);
        Assert.That(Held(mailbox, 3), Is.Empty, "not before it is written");
        mailbox.Cache.Rest();
        Assert.That(Held(mailbox, 3), Is.EquivalentTo(Kinds));
        Assert.That(Held(other, 3), Is.EquivalentTo(Kinds));
        Assert.That(Held(other, 1), Is.EquivalentTo(new[] { CacheKind.Envelope }));
        Assert.That(Held(other, 2), Is.Empty);
        Assert.That(other.Cache.Load(new Uid(3)).RawOctets, Is.EqualTo(17));
    }

    [Test]
    public void Fields_added_one_after_the_other_are_found_together()
    {
        Deliver(3);
        Mailbox mailbox = _tree.Open();
        foreach (CacheKind kind in Kinds)
        {
            Add(mailbox, 2, kind);
            mailbox.Cache.Rest();
        }

        Assert.That(Held(mailbox, 2), Is.EquivalentTo(Kinds));
    }

    [Test]
    public void Facts_come_back()
    {
        Deliver(1);
        Mailbox mailbox = _tree.Open();
        var date = new DateTimeOffset(1969, 12, 31, 23, 59, 58, TimeSpan.Zero);
        using (MessageFile file = mailbox.Open(new Uid(1)))
        {
            Assert.That(mailbox.Cache.BeginEntry(new Uid(1), file.RawOctets, file.LineEnds), Is.True);
            mailbox.Cache.PutFacts(date, 18);
            mailbox.Cache.EndEntry();
        }

        mailbox.Cache.Rest();
        CachedMessage message = mailbox.Cache.Load(new Uid(1));
        Assert.That(message.InternalDate, Is.EqualTo(date));
        Assert.That(message.WireOctets, Is.EqualTo(18));
    }

    [Test]
    public void The_day_a_message_was_sent_on_is_known_from_when_its_header_was_added()
    {
        Deliver(10);
        Mailbox mailbox = _tree.Open();
        for (uint uid = 1; uid <= 10; uid++)
        {
            Add(mailbox, uid, CacheKind.Headers);
            mailbox.Cache.Rest();
        }

        for (int i = 0; i < 50; i++)
        {
            // They are merged meanwhile, and what is added later tells no day.
            Add(mailbox, (uint)(i % 9) + 1, CacheKind.Envelope);
            mailbox.Cache.Rest();
        }

        Mailbox other = _tree.Open();
        for (uint uid = 10; uid > 0; uid--)
        {
            SentDay sent = other.Cache.SentDayOf(new Uid(uid));
            Assert.That(sent.IsKnown, Is.True, $"UID {uid}");
            Assert.That(sent.Day, Is.EqualTo(SentDayOf(uid)));
        }

        Assert.That(other.Cache.SentDayOf(new Uid(11)).IsKnown, Is.False);
    }

    [Test]
    public void Many_small_additions_stay_few_segments_and_a_small_file()
    {
        Deliver(60);
        Mailbox mailbox = _tree.Open();
        var random = new Random(5);
        var added = new HashSet<(uint Uid, CacheKind Kind)>();
        for (int i = 0; i < 1200; i++)
        {
            uint uid = (uint)random.Next(1, 61);
            CacheKind kind = Kinds[random.Next(Kinds.Length)];
            Add(mailbox, uid, kind);
            added.Add((uid, kind));
            mailbox.Cache.Rest();
            if (i % 100 == 0)
            {
                AssertAllAreFound(mailbox, added);
            }
        }

        AssertAllAreFound(_tree.Open(), added);
        using CacheFile file = mailbox.Cache.OpenFile()!;
        Assert.That(file.Segments, Has.Count.LessThanOrEqualTo(CacheFile.MaxSegments));
        Assert.That(file.Found, Is.LessThanOrEqualTo(1025));
        Assert.That(new FileInfo(_path).Length, Is.LessThan(5_000_000));
    }

    [Test]
    public void A_file_cut_anywhere_loses_what_was_cut_off_and_no_more()
    {
        Deliver(6);
        Mailbox mailbox = _tree.Open();
        for (uint uid = 1; uid <= 6; uid += 2)
        {
            Add(mailbox, uid, Kinds);
            Add(mailbox, uid + 1, Kinds);
            mailbox.Cache.Rest();
        }

        byte[] whole = File.ReadAllBytes(_path);
        List<(int Start, int End)> segments = Segments(whole);
        Assert.That(segments, Has.Count.EqualTo(3));
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_path, whole[..length]);
            int intact = segments.Count(segment => segment.End <= length) * 2;
            Mailbox reader = _tree.Store.Select(MailboxName.Inbox, readOnly: true);
            for (uint uid = 1; uid <= 6; uid++)
            {
                Assert.That(Held(reader, uid), uid <= intact ? Is.EquivalentTo(Kinds) : Is.Empty, $"cut at {length}, UID {uid}");
            }

            Add(reader, 6, Kinds);
            reader.Cache.Rest();
            Assert.That(Held(reader, 6), Is.EquivalentTo(Kinds), $"refilled after a cut at {length}");
            Assert.That(intact == 0 || Held(reader, 1).Length > 0, Is.True);
            reader.Dispose();
        }
    }

    [Test]
    public void A_flipped_bit_loses_an_entry_and_never_makes_another_one()
    {
        Deliver(6);
        Mailbox mailbox = _tree.Open();
        for (uint uid = 1; uid <= 6; uid += 2)
        {
            Add(mailbox, uid, Kinds);
            Add(mailbox, uid + 1, CacheKind.Envelope);
            mailbox.Cache.Rest();
        }

        byte[] whole = File.ReadAllBytes(_path);
        var random = new Random(3);
        for (int place = 0; place < whole.Length; place += random.Next(1, 5))
        {
            byte[] damaged = [.. whole];
            damaged[place] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(_path, damaged);
            using Mailbox reader = _tree.Store.Select(MailboxName.Inbox, readOnly: true);
            for (uint uid = 1; uid <= 6; uid++)
            {
                Held(reader, uid);
                Add(reader, uid, Kinds);
            }

            reader.Cache.Rest();
            for (uint uid = 1; uid <= 6; uid++)
            {
                Assert.That(Held(reader, uid), Is.EquivalentTo(Kinds), $"flipped at {place}, UID {uid}");
            }
        }
    }

    [Test]
    public void Random_octets_in_place_of_a_file_are_no_cache()
    {
        Deliver(3);
        using Mailbox mailbox = _tree.Store.Select(MailboxName.Inbox, readOnly: true);
        Add(mailbox, 1, Kinds);
        mailbox.Cache.Rest();
        byte[] good = File.ReadAllBytes(_path);
        var random = new Random(9);
        for (int i = 0; i < 300; i++)
        {
            byte[] octets = new byte[random.Next(3000)];
            random.NextBytes(octets);
            good.AsSpan(0, Math.Min(octets.Length, random.Next(good.Length))).CopyTo(octets);
            File.WriteAllBytes(_path, octets);
            using Mailbox reader = _tree.Store.Select(MailboxName.Inbox, readOnly: true);
            Held(reader, 1);
            Add(reader, 2, Kinds);
            reader.Cache.Rest();
            Assert.That(Held(reader, 2), Is.EquivalentTo(Kinds));
        }
    }

    [Test]
    public void The_cache_of_another_mailbox_or_version_is_not_used_but_replaced()
    {
        _tree.Create("Other");
        _tree.Append("Subject: other\r\n\r\n", "Other");
        Mailbox other = _tree.Open("Other");
        Add(other, 1, Kinds);
        other.Cache.Rest();
        Deliver(2);
        Mailbox mailbox = _tree.Open();
        byte[] foreign = File.ReadAllBytes(Path.Combine(_tree.Root, ".Other", "imapd.cache"));
        byte[] newer = [.. foreign];
        newer[8]++;
        foreach (byte[] content in new[] { foreign, newer })
        {
            File.WriteAllBytes(_path, content);
            Assert.That(Held(mailbox, 1), Is.Empty);
            Add(mailbox, 2, Kinds);
            mailbox.Cache.Rest();
            Assert.That(Held(mailbox, 1), Is.Empty);
            Assert.That(Held(mailbox, 2), Is.EquivalentTo(Kinds));
            mailbox.Cache.Rest();
        }
    }

    [Test]
    public void A_segment_of_another_mailbox_in_the_file_is_not_read()
    {
        _tree.Create("Other");
        _tree.Append("Subject: other\r\n\r\n", "Other");
        Mailbox other = _tree.Open("Other");
        Add(other, 1, Kinds);
        other.Cache.Rest();
        Deliver(1);
        Mailbox mailbox = _tree.Open();
        Add(mailbox, 1, CacheKind.Envelope);
        mailbox.Cache.Rest();
        byte[] own = File.ReadAllBytes(_path);
        byte[] foreign = File.ReadAllBytes(Path.Combine(_tree.Root, ".Other", "imapd.cache"));
        foreign.AsSpan(0, CacheHeader.Octets).Clear();
        own.AsSpan(0, CacheHeader.Octets).CopyTo(foreign);
        File.WriteAllBytes(_path, foreign);
        Assert.That(Held(_tree.Open(), 1), Is.Empty);
    }

    [Test]
    public void Something_else_of_that_name_means_no_cache()
    {
        Deliver(1);
        Mailbox mailbox = _tree.Open();
        string elsewhere = Path.Combine(_tree.Root, "elsewhere");
        Action[] makes =
        [
            () => Directory.CreateDirectory(_path),
            () => Assert.That(Syscall.mkfifo(_path, FilePermissions.S_IRUSR | FilePermissions.S_IWUSR), Is.Zero),
            () => File.CreateSymbolicLink(_path, elsewhere),
        ];
        foreach (Action make in makes)
        {
            make();
            Assert.That(Held(mailbox, 1), Is.Empty);
            Add(mailbox, 1, Kinds);
            mailbox.Cache.Rest();
            Assert.That(File.Exists(elsewhere), Is.False);
            Assert.That(mailbox.Cache.CanAdd, Is.False, "it is not tried again at once");
            mailbox.Dispose();
            mailbox = _tree.Open();
            if (Directory.Exists(_path))
            {
                Directory.Delete(_path);
            }
            else
            {
                File.Delete(_path);
            }
        }
    }

    [Test]
    public void What_is_gone_from_the_mailbox_goes_from_the_cache_in_time()
    {
        Deliver(40);
        Mailbox mailbox = _tree.Open();
        mailbox.Cache.BoundOctets = 4000;
        for (uint uid = 1; uid <= 40; uid++)
        {
            Add(mailbox, uid, CacheKind.Envelope);
        }

        Array.ForEach(Directory.GetFiles(Path.Combine(_tree.Root, "cur"))[..30], File.Delete);
        MailboxState state = mailbox.Refresh();
        Assert.That(state.Count, Is.EqualTo(10));
        mailbox.Cache.Rest();
        using CacheFile file = mailbox.Cache.OpenFile()!;
        Assert.That(file.Segments.Sum(segment => segment.Header.Count), Is.EqualTo(10));
        for (int i = 0; i < state.Count; i++)
        {
            Assert.That(Held(mailbox, state.UidAt(i).Value), Is.EquivalentTo(new[] { CacheKind.Envelope }));
        }
    }

    [Test]
    public void A_cache_that_would_grow_too_large_keeps_the_newest_messages()
    {
        Deliver(200);
        Mailbox mailbox = _tree.Open();
        mailbox.Cache.BoundOctets = 20_000;
        for (int round = 0; round < 3; round++)
        {
            for (uint uid = 1; uid <= 200; uid++)
            {
                if (Held(mailbox, uid).Length == 0)
                {
                    Add(mailbox, uid, Kinds);
                }

                if (uid % 10 == 0)
                {
                    mailbox.Cache.Rest();
                    Assert.That(new FileInfo(_path).Length, Is.LessThan(20_000));
                }
            }
        }

        Assert.That(Held(mailbox, 200), Is.EquivalentTo(Kinds));
        Assert.That(Held(mailbox, 1), Is.Empty);
        mailbox.Cache.Rest();
        using (MessageFile file = mailbox.Open(new Uid(1)))
        {
            Assert.That(mailbox.Cache.Load(new Uid(1)).IsEmpty, Is.True);
            Assert.That(mailbox.Cache.BeginEntry(new Uid(1), file.RawOctets, file.LineEnds), Is.False, "what is not kept is not taken again");
        }
    }

    [Test]
    public void Sessions_that_add_at_once_never_see_anything_wrong()
    {
        Deliver(80);
        _tree.Open();
        long until = Environment.TickCount64 + 1500;
        int found = 0;
        var threads = new List<Thread>();
        var failures = new List<Exception>();
        for (int i = 0; i < 4; i++)
        {
            int seed = i;
            threads.Add(new Thread(() =>
            {
                try
                {
                    using Mailbox mailbox = _tree.Store.Select(MailboxName.Inbox, readOnly: true);
                    mailbox.Cache.BoundOctets = seed == 0 ? 30_000 : null;
                    var random = new Random(seed);
                    while (Environment.TickCount64 < until)
                    {
                        for (int j = random.Next(20); j > 0; j--)
                        {
                            uint uid = (uint)random.Next(1, 81);
                            Interlocked.Add(ref found, Held(mailbox, uid).Length);
                            Add(mailbox, uid, Kinds[random.Next(Kinds.Length)]);
                        }

                        mailbox.Cache.Rest();
                    }
                }
                catch (Exception error)
                {
                    lock (failures)
                    {
                        failures.Add(error);
                    }
                }
            }));
        }

        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.That(failures, Is.Empty);
        Assert.That(found, Is.GreaterThan(0));
    }

    private static void AssertAllAreFound(Mailbox mailbox, HashSet<(uint Uid, CacheKind Kind)> added)
    {
        foreach (IGrouping<uint, (uint Uid, CacheKind Kind)> message in added.GroupBy(entry => entry.Uid))
        {
            Assert.That(Held(mailbox, message.Key), Is.EquivalentTo(message.Select(entry => entry.Kind)));
        }

        mailbox.Cache.Rest();
    }

    private void Deliver(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _tree.Deliver();
        }

        _tree.Open().Dispose();
    }
}
