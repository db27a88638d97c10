using System.Text;
using Imapd.Protocol.Commands;
using Imapd.Protocol.Wire;
using NUnit.Framework;

namespace Imapd.Tests.Protocol;

/// <summary>Parses commands written as text; a literal is written as on the wire.</summary>
internal static class Parsing
{
    public static readonly ParserOptions Rev1 = new(Utf8: false, CommandLimits.AfterLogin);

    public static readonly ParserOptions Rev2 = new(Utf8: true, CommandLimits.AfterLogin);

    public static T Parse<T>(string arguments, ParserOptions? options = null)
        where T : Command
    {
        TaggedCommand tagged = CommandParser.Parse(Encoding.UTF8.GetBytes("a1 " + arguments), options ?? Rev1);
        Assert.That(tagged.Tag, Is.EqualTo("a1"));
        Assert.That(tagged.Command, Is.TypeOf<T>());
        return (T)tagged.Command;
    }

    public static string BadText(string command, ParserOptions? options = null) =>
        BadText(Encoding.Latin1.GetBytes(command), options);

    public static string BadText(byte[] command, ParserOptions? options = null) =>
        Assert.Throws<ImapSyntaxException>(() => CommandParser.Parse(command, options ?? Rev1))!.Message;

    public static ImapRefusedException Refused(string command, ParserOptions? options = null) =>
        Assert.Throws<ImapRefusedException>(
            () => CommandParser.Parse(Encoding.UTF8.GetBytes(command), options ?? Rev1))!;
}
