namespace Imapd.Tests.Stress.Model;

/// <summary>A message as it was found when everything was at rest.</summary>
internal sealed record SettledMessage(uint Uid, int Flags, MessageToken Token, string BaseName);
