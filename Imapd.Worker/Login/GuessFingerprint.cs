using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Imapd.Worker.Login;

/// <summary>
/// What the master keeps of a wrong password, to see that it comes again: SipHash-2-4 of user and password (Aumasson and
/// Bernstein, 2012) under a key that lives as long as the master. Whoever reads it, and not the key, learns nothing of either.
/// </summary>
/// <remarks>Done here and not with the system's libraries, which would stay in the memory of the session that may follow.</remarks>
internal static class GuessFingerprint
{
    private const int CompressionRounds = 2;
    private const int FinalRounds = 4;

    /// <summary>The fingerprint; never 0, which means none. 0 as well for the key 0, which means that nobody asks.</summary>
    public static ulong Of(UInt128 key, string user, ReadOnlySpan<byte> password)
    {
        if (key == UInt128.Zero)
        {
            return 0;
        }
        // The name's length stands before it, so that no other division of the same octets is the same guess.
        byte[] guess = new byte[sizeof(int) + Encoding.UTF8.GetByteCount(user) + password.Length];
        int name = Encoding.UTF8.GetBytes(user, guess.AsSpan(sizeof(int)));
        BinaryPrimitives.WriteInt32LittleEndian(guess, name);
        password.CopyTo(guess.AsSpan(sizeof(int) + name));
        ulong hash = Hash(key, guess);
        CryptographicOperations.ZeroMemory(guess);
        return hash == 0 ? 1 : hash;
    }

    /// <summary>SipHash-2-4.</summary>
    /// <param name="key">Its first eight octets, little-endian, are the lower half.</param>
    /// <param name="message">What is hashed.</param>
    internal static ulong Hash(UInt128 key, ReadOnlySpan<byte> message)
    {
        ulong low = (ulong)key;
        ulong high = (ulong)(key >> 64);
        ulong v0 = low ^ 0x736f6d6570736575;
        ulong v1 = high ^ 0x646f72616e646f6d;
        ulong v2 = low ^ 0x6c7967656e657261;
        ulong v3 = high ^ 0x7465646279746573;
        ulong last = (ulong)message.Length << 56;
        for (; message.Length >= sizeof(ulong); message = message[sizeof(ulong)..])
        {
            Take(BinaryPrimitives.ReadUInt64LittleEndian(message), ref v0, ref v1, ref v2, ref v3);
        }
        for (int index = 0; index < message.Length; index++)
        {
            last |= (ulong)message[index] << (8 * index);
        }
        Take(last, ref v0, ref v1, ref v2, ref v3);
        v2 ^= 0xff;
        Mix(FinalRounds, ref v0, ref v1, ref v2, ref v3);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Take(ulong word, ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v3 ^= word;
        Mix(CompressionRounds, ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    private static void Mix(int rounds, ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        for (int round = 0; round < rounds; round++)
        {
            v0 += v1;
            v2 += v3;
            v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
            v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
            v0 = BitOperations.RotateLeft(v0, 32);
            v2 += v1;
            v0 += v3;
            v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
            v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
            v2 = BitOperations.RotateLeft(v2, 32);
        }
    }
}
