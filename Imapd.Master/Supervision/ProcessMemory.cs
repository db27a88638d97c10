using System.Globalization;

namespace Imapd.Master.Supervision;

/// <summary>What a process has in memory for itself alone.</summary>
internal static class ProcessMemory
{
    /// <summary>
    /// Octets resident and not shared with any file (proc(5), <c>statm</c>): what would be free were it gone. The sum over
    /// processes counts nothing twice. Null: it has ended.
    /// </summary>
    public static long? PrivateOctets(int pid)
    {
        try
        {
            string[] pages = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/statm")).Split(' ');
            return (long.Parse(pages[1], CultureInfo.InvariantCulture) - long.Parse(pages[2], CultureInfo.InvariantCulture))
                * Environment.SystemPageSize;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
