using System.Xml.Linq;
using NUnit.Framework;

namespace Imapd.Tests.Architecture;

/// <summary>Which project may know which: ARCHITECTURE.md draws these arrows, the project files must not add one.</summary>
internal sealed class ProjectArrowTests
{
    private static readonly string[] Storage = ["Imapd.Protocol"];
    private static readonly string[] Worker = ["Imapd.Protocol", "Imapd.Storage.Maildir"];
    private static readonly string[] Master = ["Imapd.Protocol"];

    [Test]
    public void Protocol_depends_on_no_project_and_no_package()
    {
        Assert.That(References("Imapd.Protocol", "ProjectReference"), Is.Empty);
        Assert.That(References("Imapd.Protocol", "PackageReference"), Is.Empty);
    }

    [Test]
    public void The_store_depends_on_the_protocol_only() =>
        Assert.That(References("Imapd.Storage.Maildir", "ProjectReference"), Is.EquivalentTo(Storage));

    [Test]
    public void The_worker_depends_on_the_store_and_the_protocol() =>
        Assert.That(References("Imapd.Worker", "ProjectReference"), Is.EquivalentTo(Worker));

    [Test]
    public void The_master_depends_on_the_protocol_only() =>
        Assert.That(References("Imapd.Master", "ProjectReference"), Is.EquivalentTo(Master));

    private static IEnumerable<string> References(string project, string kind) =>
        from element in XDocument.Load(Repository.Combine(project, project + ".csproj")).Descendants(kind)
        select Path.GetFileNameWithoutExtension((string?)element.Attribute("Include") ?? "")
        into name
        select kind == "PackageReference" ? name : Path.GetFileName(name);
}
