using Imapd.Tests.Stress.Client;

namespace Imapd.Tests.Stress.Servers;

/// <summary>A host that serves the mail.</summary>
internal interface IStressServer : IDisposable
{
    /// <summary>The command that logs a new connection in; empty when it needs none.</summary>
    string Login { get; }

    /// <summary>The processes that serve connections now.</summary>
    IReadOnlyList<int> Workers { get; }

    /// <summary>What its processes complained of; nothing here ought to give them a reason.</summary>
    IReadOnlyList<string> Complaints { get; }

    StressConnection Connect();
}
