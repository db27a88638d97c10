using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Change;

/// <summary>A message about to come into a mailbox; its octets are on the disk already.</summary>
/// <param name="BaseName">Its base name there, new and unique.</param>
/// <param name="Flags">Its system flags.</param>
/// <param name="Keywords">Its keywords.</param>
/// <param name="Place">Gives it a name in a directory of that mailbox, without replacing anything.</param>
internal sealed record Arrival(
    string BaseName, SystemFlags Flags, IReadOnlyList<string> Keywords, Func<DirectoryHandle, string, Errno> Place);
