using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Cache;
using Imapd.Storage.Maildir.Native;
using Imapd.Tests.Storage;
using NUnit.Framework;
using static Imapd.Tests.Cache.CachedContent;

namespace Imapd.Tests.Cache;

/// <summary>A disk that fails while the cache is written: it is not written, and nobody hears of it.</summary>
public sealed class CacheTroubleTests
{
    [TestCase("Create", 30)]
    [TestCase("Create", 13)]
    [TestCase("Create", 24)]
    [TestCase("Write", 28)]
    [TestCase("Write", 122)]
    [TestCase("Write", 27)]
    [TestCase("Truncate", 30)]
    [TestCase("Rename", 28)]
    [TestCase("Lock", 37)]
    [TestCase("Stat", 116)]
    [TestCase("Read", 5)]
    public void A_call_that_fails_at_any_time_makes_no_wrong_entry_and_no_exception(string call, int errno)
    {
        var kind = Enum.Parse<DiskCallKind>(call);
        using var tree = new TestTree();
        for (int i = 0; i < 30; i++)
        {
            tree.Deliver();
        }

        Mailbox mailbox = tree.Open();
        for (int nth = 0; nth < 200; nth++)
        {
            uint uid = (uint)(nth % 30) + 1;
            using MessageFile file = mailbox.Open(new Uid(uid));
            using var cache = new MessageCacheUnderTest(mailbox);
            cache.Add(uid, file, Kinds);
            CallSeam.Current = new FailingCall(kind, nth % 12, (Errno)errno);
            try
            {
                cache.Cache.Rest();
                cache.Cache.Load(new Uid(uid));
            }
            finally
            {
                CallSeam.Current = null;
            }

            for (uint other = 1; other <= 30; other++)
            {
                Held(mailbox, other);
            }

            mailbox.Cache.Rest();
        }

        Add(mailbox, 30, Kinds);
        mailbox.Cache.Rest();
        Assert.That(Held(mailbox, 30), Is.EquivalentTo(Kinds));
        Assert.That(tree.In("").Where(name => name.EndsWith(".tmp", StringComparison.Ordinal)), Is.Empty);
    }

    private sealed class FailingCall(DiskCallKind kind, int nth, Errno errno) : CallSeam
    {
        private int _seen;

        protected override Errno Before(in DiskCall call) =>
            call.Kind == kind && _seen++ == nth ? errno : Errno.None;

        protected override void After(in DiskCall call, nint result)
        {
        }
    }

    /// <summary>A cache of its own for each attempt: one that failed does not try again for a while.</summary>
    private sealed class MessageCacheUnderTest(Mailbox mailbox) : IDisposable
    {
        public MessageCache Cache { get; } = mailbox.Cache.Another();

        public void Add(uint uid, MessageFile file, CacheKind[] kinds)
        {
            Assert.That(Cache.BeginEntry(new Uid(uid), file.RawOctets, file.LineEnds), Is.True);
            foreach (CacheKind kind in kinds)
            {
                Cache.Put(kind, Of(uid, kind));
            }

            Cache.EndEntry();
        }

        public void Dispose() => Cache.Dispose();
    }
}
