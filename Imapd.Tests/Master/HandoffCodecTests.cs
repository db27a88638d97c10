using System.Text;
using Imapd.Protocol.Handoff;
using NUnit.Framework;

namespace Imapd.Tests.Master;

[TestFixture]
public sealed class HandoffCodecTests
{
    private static readonly TlsFacts Tls = new("TLSv1.3", "TLS_AES_256_GCM_SHA384");

    private static readonly HandoffMessage[] Messages =
    [
        new ConnectionHandoff(1, "192.0.2.1", 40000, "::1", 993, Tls, false),
        new ConnectionHandoff(ulong.MaxValue, "2001:db8::1", 1, "127.0.0.1", 65535, null, true, new UInt128(1, ulong.MaxValue)),
        new StartTlsReply(7, Tls),
        new StartTlsReply(7, null),
        new LoginVerdict(7, true, ""),
        new LoginVerdict(7, true, "Down at 18:00\nSorry"),
        new LoginVerdict(7, false, "too many sessions"),
        new ShutdownRequest(0, ShutdownReason.ServerStopping),
        new ShutdownRequest(9, ShutdownReason.AdministratorRequest),
        new AuthenticatorReply(9, true),
        new StartTlsRequest(9),
        new LoginSucceeded(9, "änne", 1000),
        new LoginFailed(9, "root\r\n\"", LoginFailure.RefusedByPolicy, 0x0123456789abcdef),
        new SessionEnded(9, SessionEnd.InternalError, ulong.MaxValue, 3),
        new LogRecord(0, LogSeverity.Error, "something"),
        new AuthenticatorRequest(9),
        new PasswordVerdict(9, false, LoginFailure.Limit, "", uint.MaxValue),
        new PasswordVerdict(9, true, LoginFailure.None, "bob", 1001),
    ];

    [TestCaseSource(nameof(Messages))]
    public void Every_message_comes_back_as_it_was(HandoffMessage message)
    {
        bool ok = HandoffCodec.TryDecode(HandoffCodec.Encode(message), out HandoffMessage? decoded);

        Assert.That(ok, Is.True);
        Assert.That(decoded, Is.EqualTo(message));
    }

    [Test]
    public void A_password_comes_back_octet_for_octet_and_is_not_shown()
    {
        var check = new PasswordCheck(3, "bob", [0, 255, 13, 10]);

        HandoffCodec.TryDecode(HandoffCodec.Encode(check), out HandoffMessage? decoded);

        var back = (PasswordCheck)decoded!;
        Assert.That(back.Password, Is.EqualTo(check.Password));
        Assert.That((back.Id, back.User), Is.EqualTo((3UL, "bob")));
        Assert.That(back.ToString(), Is.EqualTo("PasswordCheck"));
    }

    [TestCaseSource(nameof(Messages))]
    public void A_message_with_octets_missing_or_added_is_refused(HandoffMessage message)
    {
        byte[] datagram = HandoffCodec.Encode(message);
        for (int length = 0; length < datagram.Length; length++)
        {
            Assert.That(HandoffCodec.TryDecode(datagram.AsSpan(0, length), out _), Is.False, $"first {length} octets");
        }
        Assert.That(HandoffCodec.TryDecode([.. datagram, 0], out _), Is.False);
    }

    [Test]
    public void Garbage_is_refused_without_an_exception()
    {
        var random = new Random(4711);
        byte[] garbage = new byte[300];
        for (int round = 0; round < 200_000; round++)
        {
            Span<byte> datagram = garbage.AsSpan(0, random.Next(garbage.Length));
            random.NextBytes(datagram);
            if (datagram.Length > 1)
            {
                datagram[0] = HandoffCodec.Version;
                datagram[1] = (byte)random.Next(40);
            }
            if (HandoffCodec.TryDecode(datagram, out HandoffMessage? message))
            {
                Assert.That(HandoffCodec.Encode(message), Is.EqualTo(datagram.ToArray()));
            }
        }
    }

    [Test]
    public void Another_version_an_unknown_type_and_a_value_outside_its_enumeration_are_refused()
    {
        byte[] good = HandoffCodec.Encode(new ShutdownRequest(1, ShutdownReason.ServerStopping));

        Assert.That(HandoffCodec.TryDecode([HandoffCodec.Version + 1, .. good.AsSpan(1)], out _), Is.False);
        Assert.That(HandoffCodec.TryDecode([1, 99, .. good.AsSpan(2)], out _), Is.False);
        Assert.That(HandoffCodec.TryDecode([.. good.AsSpan(0, good.Length - 1), 9], out _), Is.False);
        Assert.That(HandoffCodec.TryDecode([], out _), Is.False);
        Assert.That(HandoffCodec.TryDecode(new byte[HandoffCodec.MaxDatagramOctets + 1], out _), Is.False);
    }

    [Test]
    public void Text_that_is_not_UTF_8_is_refused()
    {
        byte[] datagram = HandoffCodec.Encode(new LogRecord(1, LogSeverity.Debug, "ab"));
        datagram[^1] = 0xC3;

        Assert.That(HandoffCodec.TryDecode(datagram, out _), Is.False);
    }

    [Test]
    public void Text_for_people_is_cut_between_characters_to_fit()
    {
        string text = string.Concat(Enumerable.Repeat("a€😀", 5000));

        byte[] datagram = HandoffCodec.Encode(new LogRecord(1, LogSeverity.Warning, text));
        HandoffCodec.TryDecode(datagram, out HandoffMessage? decoded);

        string cut = ((LogRecord)decoded!).Text;
        Assert.That(datagram, Has.Length.LessThanOrEqualTo(HandoffCodec.MaxDatagramOctets));
        Assert.That(Encoding.UTF8.GetByteCount(cut), Is.InRange(HandoffCodec.MaxTextOctets - 3, HandoffCodec.MaxTextOctets));
        Assert.That(text, Does.StartWith(cut));
    }

    [Test]
    public void A_name_that_identifies_somebody_is_never_cut()
    {
        string longest = new('u', HandoffCodec.MaxUserOctets);

        Assert.That(() => HandoffCodec.Encode(new LoginSucceeded(1, longest, 1)), Throws.Nothing);
        Assert.That(() => HandoffCodec.Encode(new LoginSucceeded(1, longest + "u", 1)), Throws.ArgumentException);
        Assert.That(
            () => HandoffCodec.Encode(new PasswordCheck(1, longest, new byte[HandoffCodec.MaxPasswordOctets])),
            Throws.Nothing);
        Assert.That(
            () => HandoffCodec.Encode(new PasswordCheck(1, "u", new byte[HandoffCodec.MaxPasswordOctets + 1])),
            Throws.ArgumentException);
    }
}
