using Imapd.Master.Native;

namespace Imapd.Master.Configuration;

/// <summary>Which configuration file is read: that of <c>--config</c>, or the host's when there is one.</summary>
internal static class ConfigLocation
{
    private const string HostFile = "/etc/imapd/imapd.conf";

    /// <summary>What was typed, and of the rest what the file says.</summary>
    /// <exception cref="UsageException">The file is missing, or holds a mistake.</exception>
    public static OptionValues Complete(OptionValues typed)
    {
        string? path = typed.Text("config") ?? (File.Exists(HostFile) ? HostFile : null);
        if (path is null or OptionTable.NoFile)
        {
            return typed.Without([]);
        }
        OptionValues both = typed.Over(ConfigFile.Read(path, Descriptors.EffectiveUser == 0));
        if (typed.Find("config") is null)
        {
            both.Add("config", new OptionValue(HostFile, Place: null));
        }
        return both;
    }
}
