using System.Text;

namespace Imapd.Tests.Differential.Mail;

/// <summary>A message of the corpus.</summary>
/// <param name="Name">Stands in its file name, so that a failure can be looked at.</param>
/// <param name="Octets">As it is in the file.</param>
internal sealed record NamedMail(string Name, byte[] Octets)
{
    /// <summary>A message written as text, an octet a character.</summary>
    public NamedMail(string name, string text)
        : this(name, Encoding.Latin1.GetBytes(text))
    {
    }

    /// <summary>Whether a line of the header begins with this name and a colon.</summary>
    public bool HasField(string name)
    {
        foreach (string line in Encoding.Latin1.GetString(Octets).Split('\n'))
        {
            if (line.TrimEnd('\r').Length == 0)
            {
                return false;
            }

            if (line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The octets of UTF-8, each as a character.</summary>
    public static string Utf8(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
