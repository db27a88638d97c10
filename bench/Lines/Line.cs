using Imapd.Bench.Mail;
using Imapd.Bench.Report;

namespace Imapd.Bench.Lines;

/// <summary>Something to measure that gives one row of the table or more.</summary>
/// <param name="name">What it is chosen by.</param>
/// <param name="needs">The mail it needs.</param>
internal abstract class Line(string name, params MailSet[] needs)
{
    public string Name { get; } = name;

    public IReadOnlyList<MailSet> Needs { get; } = needs;

    /// <summary>False where one measurement is made of many, and takes long.</summary>
    public virtual bool IsRepeated => true;

    /// <summary>The texts of its rows.</summary>
    public abstract IReadOnlyList<string> Rows { get; }

    /// <summary>Measures once: one sample for each row, null for a row that is not about this server.</summary>
    public abstract IReadOnlyList<Sample?> Measure(Side side);
}
