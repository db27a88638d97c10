using System.Buffers;
using Imapd.Protocol.Mime;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Cache;

namespace Imapd.Worker.Fetch;

/// <summary>Puts into the cache what reading a message has brought to light anyway.</summary>
internal sealed class CacheFill(MessageCache cache)
{
    // Counting what is smaller costs no more than looking the number up.
    private const long WorthCountingOctets = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _octets = new();

    /// <summary>Adds what is not remembered yet.</summary>
    /// <param name="uid">The message.</param>
    /// <param name="known">What is remembered of it.</param>
    /// <param name="file">Its file; null when it was not opened.</param>
    /// <param name="root">The message with its header, when that was read.</param>
    /// <param name="forms">What was made of it for the client.</param>
    public void Add(Uid uid, CachedMessage known, MessageFile? file, MimeEntity? root, ReadOnlySpan<WireForm?> forms)
    {
        bool hasHeader = root is { IsHeaderKept: true } && !known.Has(CacheKind.Headers);
        bool hasParts = file is { IsScanned: true } && !known.Has(CacheKind.Parts);
        bool hasSize = file is { IsWireOctetsKnown: true } && known.WireOctets < 0;
        bool isWorthIt = hasHeader || hasParts || HasNew(forms) || (hasSize && file!.RawOctets > WorthCountingOctets);
        if (!isWorthIt || !cache.BeginEntry(uid, file?.RawOctets ?? known.RawOctets, file?.LineEnds ?? known.LineEnds))
        {
            return;
        }

        if (hasHeader)
        {
            _octets.ResetWrittenCount();
            if (CommonFields.TryReduce(root!.Header.Span, _octets))
            {
                cache.Put(CacheKind.Headers, _octets.WrittenSpan);
                cache.PutSentDay(_octets.WrittenSpan);
            }
        }

        if (file is not null && (hasSize || known.InternalDate is null))
        {
            PutFacts(file);
        }

        if (hasParts)
        {
            _octets.ResetWrittenCount();
            if (PartTree.TryWrite(file!.Structure(), _octets))
            {
                cache.Put(CacheKind.Parts, _octets.WrittenSpan);
            }
        }

        if (hasSize && file!.LineEndOctets() is { } lineEnds)
        {
            cache.Put(CacheKind.LineEnds, lineEnds);
        }

        foreach (WireForm? form in forms)
        {
            if (form is { IsNew: true })
            {
                cache.Put(form.KindOfNew, form.Octets);
            }
        }

        cache.EndEntry();
    }

    private void PutFacts(MessageFile file)
    {
        try
        {
            cache.PutFacts(file.InternalDate, file.IsWireOctetsKnown ? file.WireOctets : -1);
        }
        catch (StoreException)
        {
            // Nobody has asked for it: whoever does will hear of it.
        }
    }

    private static bool HasNew(ReadOnlySpan<WireForm?> forms)
    {
        foreach (WireForm? form in forms)
        {
            if (form is { IsNew: true })
            {
                return true;
            }
        }

        return false;
    }
}
