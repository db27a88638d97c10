using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Imapd.Tests.Architecture;

/// <summary>What a compiled assembly refers to, read from its metadata without loading it.</summary>
internal sealed class CompiledAssembly : IDisposable
{
    private readonly PEReader _file;
    private readonly MetadataReader _metadata;

    public CompiledAssembly(string name)
    {
        _file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, name + ".dll")));
        _metadata = _file.GetMetadataReader();
    }

    public IEnumerable<string> Assemblies =>
        _metadata.AssemblyReferences.Select(handle => Text(_metadata.GetAssemblyReference(handle).Name));

    /// <summary>Libraries that functions are imported from, as DllImport and LibraryImport name them.</summary>
    public IEnumerable<string> NativeLibraries =>
        Enumerable.Range(1, _metadata.GetTableRowCount(TableIndex.ModuleRef))
            .Select(row => MetadataTokens.ModuleReferenceHandle(row))
            .Select(handle => Text(_metadata.GetModuleReference(handle).Name));

    /// <summary>Types of other assemblies: assembly, and full name with nesting types before a +.</summary>
    public IEnumerable<(string Assembly, string Type)> Types =>
        _metadata.TypeReferences.Select(handle => Describe(_metadata.GetTypeReference(handle)));

    /// <summary>Members of other assemblies' types as Full.Type::Member.</summary>
    public IEnumerable<string> Members
    {
        get
        {
            foreach (MemberReferenceHandle handle in _metadata.MemberReferences)
            {
                MemberReference member = _metadata.GetMemberReference(handle);
                if (member.Parent.Kind == HandleKind.TypeReference)
                {
                    TypeReference type = _metadata.GetTypeReference((TypeReferenceHandle)member.Parent);
                    yield return $"{Describe(type).Type}::{Text(member.Name)}";
                }
            }
        }
    }

    public void Dispose() => _file.Dispose();

    private (string Assembly, string Type) Describe(TypeReference type)
    {
        string name = Text(type.Name);
        if (type.ResolutionScope.Kind == HandleKind.TypeReference)
        {
            var outer = Describe(_metadata.GetTypeReference((TypeReferenceHandle)type.ResolutionScope));
            return (outer.Assembly, $"{outer.Type}+{name}");
        }
        string assembly = type.ResolutionScope.Kind == HandleKind.AssemblyReference
            ? Text(_metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name)
            : "";
        string space = Text(type.Namespace);
        return (assembly, space.Length == 0 ? name : $"{space}.{name}");
    }

    private string Text(StringHandle handle) => _metadata.GetString(handle);
}
