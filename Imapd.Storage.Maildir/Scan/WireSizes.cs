using Imapd.Storage.Maildir.Layout;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>Sizes of messages as they are sent: what names and the UID list say, until the message itself has been counted.</summary>
internal sealed class WireSizes
{
    private readonly Dictionary<uint, long> _listed = [];
    private readonly Dictionary<uint, long> _counted = [];

    /// <summary>The size as far as it is known without opening the message; -1 when it is not.</summary>
    public long Find(uint uid, string name)
    {
        if (_counted.TryGetValue(uid, out long octets))
        {
            return octets;
        }

        octets = MessageName.Sizes(name).Wire;
        return octets < 0 && _listed.TryGetValue(uid, out long listed) ? listed : octets;
    }

    /// <summary>The size as it was counted; -1 when it was not yet.</summary>
    public long FindCounted(uint uid) => _counted.TryGetValue(uid, out long octets) ? octets : -1;

    /// <summary>What the UID list says.</summary>
    public void Listed(uint uid, long octets) => _listed[uid] = octets;

    /// <summary>What was counted.</summary>
    public void Counted(uint uid, long octets) => _counted[uid] = octets;

    /// <summary>The message is gone.</summary>
    public void Forget(uint uid)
    {
        _listed.Remove(uid);
        _counted.Remove(uid);
    }
}
