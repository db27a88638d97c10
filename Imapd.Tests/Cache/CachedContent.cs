using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Cache;
using NUnit.Framework;

namespace Imapd.Tests.Cache;

/// <summary>Content for cache entries that follows from UID and kind, so that whatever is read can be judged.</summary>
internal static class CachedContent
{
    public static readonly CacheKind[] Kinds = [CacheKind.Envelope, CacheKind.Headers, CacheKind.Parts, CacheKind.BodyStructureUtf8];

    public static byte[] Of(uint uid, CacheKind kind)
    {
        var random = new Random((int)uid * 100 + (int)kind);
        byte[] content = new byte[random.Next(4) == 0 ? 0 : random.Next(300)];
        random.NextBytes(content);
        return content;
    }

    /// <summary>Of one message in five there is none.</summary>
    public static DateOnly? SentDayOf(uint uid) => uid % 5 == 0 ? null : new DateOnly(2001, 1, 31).AddDays((int)uid * 1000);

    public static void Add(Mailbox mailbox, uint uid, params CacheKind[] kinds)
    {
        using MessageFile file = mailbox.Open(new Uid(uid));
        if (!mailbox.Cache.BeginEntry(new Uid(uid), file.RawOctets, file.LineEnds))
        {
            return;
        }

        foreach (CacheKind kind in kinds)
        {
            mailbox.Cache.Put(kind, Of(uid, kind));
            if (kind == CacheKind.Headers)
            {
                string date = SentDayOf(uid)?.ToString("'Date: 'd MMM yyyy' 23:59 -1400\r\n'", CultureInfo.InvariantCulture) ?? "Subject: x\r\n";
                mailbox.Cache.PutSentDay(Encoding.ASCII.GetBytes(date));
            }
        }

        mailbox.Cache.EndEntry();
    }

    /// <summary>Which kinds are held; what is held is right, or the test fails.</summary>
    public static CacheKind[] Held(Mailbox mailbox, uint uid)
    {
        CachedMessage message = mailbox.Cache.Load(new Uid(uid));
        var held = new List<CacheKind>();
        foreach (CacheKind kind in Enum.GetValues<CacheKind>())
        {
            if (message.TryGet(kind, out ReadOnlySpan<byte> content))
            {
                Assert.That(content.SequenceEqual(Of(uid, kind)), Is.True, $"UID {uid} {kind}");
                held.Add(kind);
            }
        }

        SentDay sent = mailbox.Cache.SentDayOf(new Uid(uid));
        Assert.That(sent.Day, sent.IsKnown ? Is.EqualTo(SentDayOf(uid)) : Is.Null, $"UID {uid}");
        return [.. held];
    }

    /// <summary>The segments of a cache file: where each begins and ends.</summary>
    public static List<(int Start, int End)> Segments(byte[] file)
    {
        var segments = new List<(int Start, int End)>();
        int at = CacheHeader.Octets;
        while (at + SegmentHeader.HeaderOctets <= file.Length)
        {
            int end = at + (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at + 16));
            segments.Add((at, end));
            at = end;
        }

        return segments;
    }
}
