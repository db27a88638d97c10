using System.Buffers.Binary;
using System.Text;
using Imapd.Storage.Maildir.Index;

namespace Imapd.Storage.Maildir.Cache;

/// <summary>The head of <c>imapd.cache</c>: whose cache it is.</summary>
/// <param name="Seed">What every checksum in the file begins with; it follows from the mailbox's identity.</param>
/// <param name="FloorUid">Messages below it are left out, because the file would become too large with them.</param>
/// <remarks>
/// Little-endian: magic 8, version 4, MailboxId 32, UIDVALIDITY 4, floor 4, zero 8, CRC-32C of these 4.
/// </remarks>
internal readonly record struct CacheHeader(uint Seed, uint FloorUid)
{
    /// <summary>Octets in the file.</summary>
    public const int Octets = 64;

    private const uint Version = 2;
    private const int IdentityEnd = 48;
    private const int FloorPlace = 48;
    private const int SumPlace = 60;

    private static ReadOnlySpan<byte> Magic => "imapdcch"u8;

    /// <summary>Writes a header.</summary>
    public static void Write(Span<byte> header, MailboxIdentity identity, uint floorUid)
    {
        WriteIdentity(header, identity);
        BinaryPrimitives.WriteUInt32LittleEndian(header[FloorPlace..], floorUid);
        header[(FloorPlace + 4)..SumPlace].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header[SumPlace..], CacheChecksum.Of(0, header[..SumPlace]));
    }

    /// <summary>Reads a header; null when it is damaged, of another version or of another mailbox.</summary>
    public static CacheHeader? Read(ReadOnlySpan<byte> header, MailboxIdentity identity)
    {
        Span<byte> own = stackalloc byte[Octets];
        WriteIdentity(own, identity);
        bool isOurs = header.Length >= Octets
            && header[..IdentityEnd].SequenceEqual(own[..IdentityEnd])
            && BinaryPrimitives.ReadUInt32LittleEndian(header[SumPlace..]) == CacheChecksum.Of(0, header[..SumPlace]);
        return isOurs
            ? new CacheHeader(SeedOf(identity), BinaryPrimitives.ReadUInt32LittleEndian(header[FloorPlace..]))
            : null;
    }

    /// <summary>What checksums of a mailbox's cache begin with.</summary>
    public static uint SeedOf(MailboxIdentity identity)
    {
        Span<byte> own = stackalloc byte[Octets];
        WriteIdentity(own, identity);
        return CacheChecksum.Of(0, own[..IdentityEnd]);
    }

    private static void WriteIdentity(Span<byte> header, MailboxIdentity identity)
    {
        header[..Octets].Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Version);
        string id = identity.MailboxId;
        Encoding.Latin1.GetBytes(id.AsSpan(0, Math.Min(id.Length, 32)), header[12..44]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[44..], identity.UidValidity);
    }
}
