namespace Imapd.Tests.Stress;

/// <summary>A rule was broken; the message says which.</summary>
internal sealed class StressFailure(string message) : Exception(message);
