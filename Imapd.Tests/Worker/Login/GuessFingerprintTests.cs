using Imapd.Worker.Login;
using NUnit.Framework;

namespace Imapd.Tests.Worker.Login;

[TestFixture]
public sealed class GuessFingerprintTests
{
    // 00 01 02 … 0f, as in the vectors of the paper's authors.
    private static readonly UInt128 Key = new(0x0f0e0d0c0b0a0908, 0x0706050403020100);

    [TestCase(0, 0x726fdb47dd0e0e31UL)]
    [TestCase(1, 0x74f839c593dc67fdUL)]
    [TestCase(7, 0xab0200f58b01d137UL)]
    [TestCase(8, 0x93f5f5799a932462UL)]
    [TestCase(15, 0xa129ca6149be45e5UL)]
    public void It_is_SipHash(int octets, ulong expected)
    {
        Assert.That(GuessFingerprint.Hash(Key, [.. Enumerable.Range(0, octets).Select(octet => (byte)octet)]), Is.EqualTo(expected));
    }

    [Test]
    public void Another_user_password_or_key_is_another_guess()
    {
        ulong[] all =
        [
            GuessFingerprint.Of(Key, "alice", "secret"u8),
            GuessFingerprint.Of(Key, "alice", "secrets"u8),
            GuessFingerprint.Of(Key, "alices", "ecret"u8),
            GuessFingerprint.Of(Key, "bob", "secret"u8),
            GuessFingerprint.Of(Key + 1, "alice", "secret"u8),
        ];

        Assert.That(all, Is.Unique.And.None.Zero);
        Assert.That(GuessFingerprint.Of(Key, "alice", "secret"u8), Is.EqualTo(all[0]));
        Assert.That(GuessFingerprint.Of(0, "alice", "secret"u8), Is.Zero);
    }
}
