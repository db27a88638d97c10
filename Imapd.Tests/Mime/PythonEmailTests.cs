using System.Text;
using Imapd.Protocol.Mime;
using NUnit.Framework;

namespace Imapd.Tests.Mime;

/// <summary>What Python's email package finds in a message, we find.</summary>
internal sealed class PythonEmailTests
{
    private const int Messages = 200;

    // One line per entity, in the order of walk(): its type, and of a leaf the decoded octets in hexadecimal.
    private const string Script = """
        import email, sys
        for path in sys.argv[1:]:
            with open(path, 'rb') as file:
                message = email.message_from_bytes(file.read())
            print('message')
            for part in message.walk():
                leaf = not part.is_multipart()
                print(part.get_content_type(), part.get_payload(decode=True).hex() if leaf else '')
        """;

    [Test]
    public void Parts_types_and_decoded_octets_are_those_that_Python_finds()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("imapd-mime-");
        try
        {
            var ours = new StringBuilder();
            string[] paths = new string[Messages];
            for (int seed = 0; seed < Messages; seed++)
            {
                byte[] message = new MailGenerator(seed).Message();
                paths[seed] = Path.Combine(directory.FullName, seed.ToString(System.Globalization.CultureInfo.InvariantCulture));
                File.WriteAllBytes(paths[seed], message);
                ours.Append("message\n");
                Describe(message, Scan.Message(message), ours);
            }

            Assert.That(ours.ToString(), Is.EqualTo(Python.Run(Script, paths)));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static void Describe(byte[] message, MimeEntity entity, StringBuilder to)
    {
        string type = $"{entity.Type}/{entity.Subtype}".ToLowerInvariant();
        byte[] body = message[(int)entity.BodyStart.Raw..(int)entity.End.Raw];
        to.Append(type).Append(' ');
        if (entity.Parts.Count == 0)
        {
            byte[] decoded = TransferDecoderTests.Decode(TransferDecoder.For(entity.TransferEncoding)!, body, 100, 100);
            to.Append(Convert.ToHexStringLower(decoded));
        }

        to.Append('\n');
        foreach (MimeEntity part in entity.Parts)
        {
            Describe(message, part, to);
        }
    }
}
