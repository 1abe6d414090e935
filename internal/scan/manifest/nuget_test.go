package manifest

import (
	"strings"
	"testing"
	"unicode/utf16"
)

func TestNuGetProject(t *testing.T) {
	tests := []struct {
		name, manifest, files, want string
		problems, own               []string
	}{
		{
			name: "versions, ranges, scopes and conditions", manifest: "src/App.csproj",
			files: `-- src/App.csproj --
<Project Sdk="Microsoft.NET.Sdk">
  <Sdk Name="Acme.Sdk" Version="9.1.0" />
  <PropertyGroup>
    <AcmeVersion>4.5.6</AcmeVersion>
    <Both Condition="'$(X)' == 'a'">1.0.0</Both>
    <Both Condition="'$(X)' == 'b'">2.0.0</Both>
    <Twice>$(AcmeVersion)-beta</Twice>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Plain" Version="1.2.3" />
    <PackageReference Include="Exact" Version="[1.2.3]" />
    <PackageReference Include="Range" Version="[1.0,2.0)" />
    <PackageReference Include="Floating" Version="1.*" />
    <PackageReference Include="Child"><Version>2.0.0</Version><PrivateAssets>all</PrivateAssets></PackageReference>
    <PackageReference Include="Property" Version="$(Twice)" />
    <PackageReference Include="Ambiguous" Version="$(Both)" />
    <PackageReference Include="Unset" Version="$(Nowhere)" />
    <PackageReference Include="NoVersion" />
    <PackageReference Include="$(Computed)" Version="1.0.0" />
    <packagereference include="Two;Names" version="3.0.0" />
    <ProjectReference Include="..\Lib\Lib.csproj" />
    <PackageDownload Include="Downloaded" Version="[7.0.0]" />
  </ItemGroup>
  <ItemGroup Condition="'$(TargetFramework)' == 'net48'">
    <PackageReference Include="OnlyOld" Version="1.0.0" Condition="'$(Y)' != ''" />
  </ItemGroup>
</Project>
`,
			want: `
nuget/Acme.Sdk@9.1.0 src/App.csproj:2 direct build req="9.1.0" note="MSBuild SDK"
nuget/Ambiguous src/App.csproj:16 direct runtime req="$(Both)" note="the version is a property that this repository does not set, or sets on conditions"
nuget/Child@2.0.0 src/App.csproj:14 direct dev req="2.0.0"
nuget/Downloaded@7.0.0 src/App.csproj:22 direct build req="[7.0.0]"
nuget/Exact@1.2.3 src/App.csproj:11 direct runtime req="[1.2.3]"
nuget/Floating src/App.csproj:13 direct runtime req="1.*"
nuget/Names@3.0.0 src/App.csproj:20 direct runtime req="3.0.0"
nuget/NoVersion src/App.csproj:18 direct runtime note="no version is stated in this repository"
nuget/OnlyOld@1.0.0 src/App.csproj:25 direct runtime req="1.0.0" note="condition: '$(TargetFramework)' == 'net48' '$(Y)' != ''"
nuget/Plain@1.2.3 src/App.csproj:10 direct runtime req="1.2.3"
nuget/Property@4.5.6-beta src/App.csproj:15 direct runtime req="4.5.6-beta"
nuget/Range src/App.csproj:12 direct runtime req="[1.0,2.0)"
nuget/Two@3.0.0 src/App.csproj:20 direct runtime req="3.0.0"
nuget/Unset src/App.csproj:17 direct runtime req="$(Nowhere)" note="the version is a property that this repository does not set, or sets on conditions"`,
			problems: []string{"src/App.csproj:19 not understood"},
			own:      []string{"pkg:nuget/App"},
		},
		{
			name: "central versions of the nearest file and what it imports", manifest: "src/a/A.fsproj",
			files: `-- Directory.Packages.props --
<Project><PropertyGroup><AcmeVersion>5.0.0</AcmeVersion></PropertyGroup>
<ItemGroup>
<PackageVersion Include="Acme.Core" Version="$(AcmeVersion)" />
<PackageVersion Include="Overridden" Version="1.0.0" />
<PackageVersion Include="Split" Version="1.0.0" Condition="'$(TargetFramework)' == 'net8.0'" />
<PackageVersion Include="Split" Version="2.0.0" Condition="'$(TargetFramework)' == 'net9.0'" />
<PackageVersion Include="Unused" Version="9.0.0" />
<GlobalPackageReference Include="Everywhere" Version="3.0.0" />
</ItemGroup></Project>
-- src/Directory.Packages.props --
<Project><Import Project="$([MSBuild]::GetPathOfFileAbove(Directory.Packages.props, $(MSBuildThisFileDirectory)..))" />
<ItemGroup><PackageVersion Update="acme.core" Version="5.1.0" /></ItemGroup></Project>
-- src/Directory.Build.props --
<Project><ItemGroup><PackageReference Include="Shared" Version="1.0.0" /></ItemGroup></Project>
-- src/a/A.fsproj --
<Project><ItemGroup>
<PackageReference Include="Acme.Core" />
<PackageReference Include="Overridden" VersionOverride="1.5.0" />
<PackageReference Include="Split" />
</ItemGroup></Project>
`,
			want: `
nuget/Acme.Core@5.1.0 src/a/A.fsproj:2 direct runtime req="5.1.0"
nuget/Overridden@1.5.0 src/a/A.fsproj:3 direct runtime req="1.5.0"
nuget/Split@1.0.0 src/a/A.fsproj:4 direct runtime req="1.0.0" note="version on condition: '$(TargetFramework)' == 'net8.0'"
nuget/Split@2.0.0 src/a/A.fsproj:4 direct runtime req="2.0.0" note="version on condition: '$(TargetFramework)' == 'net9.0'"`,
			own: []string{"pkg:nuget/A"},
		},
		{
			name: "a shared file reports its own references once", manifest: "Directory.Build.props",
			files: `-- Directory.Build.props --
<Project><ItemGroup>
<PackageReference Include="Shared" />
<GlobalPackageReference Include="Global" Version="3.0.0" />
<PackageReference Update="Elsewhere" Version="1.0.0" />
</ItemGroup></Project>
-- Directory.Packages.props --
<Project><ItemGroup><PackageVersion Include="Shared" Version="2.0.0" /></ItemGroup></Project>
-- a/A.csproj --
<Project/>
-- a/packages.lock.json --
{}
-- b/B.csproj --
<Project/>
`,
			want: `
nuget/Global@3.0.0 Directory.Build.props:3 direct dev req="3.0.0"
nuget/Shared@2.0.0 Directory.Build.props:2 direct runtime req="2.0.0"`,
		},
		{
			name: "a shared file over locked projects only gives nothing", manifest: "Directory.Build.props",
			files: `-- Directory.Build.props --
<Project><ItemGroup><PackageReference Include="Shared" Version="1.*" /></ItemGroup></Project>
-- a/A.csproj --
<Project/>
-- a/packages.lock.json --
{}
`,
		},
		{
			name: "a lockfile covers all but SDKs", manifest: "a/A.csproj",
			files: `-- a/A.csproj --
<Project Sdk="Acme.Sdk/1.0.0"><ItemGroup><PackageReference Include="X" Version="1.*" /></ItemGroup></Project>
-- a/packages.lock.json --
{}
`,
			want: `nuget/Acme.Sdk@1.0.0 a/A.csproj:1 direct build req="1.0.0" note="MSBuild SDK"`,
			own:  []string{"pkg:nuget/A"},
		},
		{
			name: "a project of tests", manifest: "T.csproj",
			files: `-- T.csproj --
<Project><Import Project="build\common.props" /><ItemGroup>
<PackageReference Include="Microsoft.NET.Test.Sdk" Version="17.0.0" />
<PackageReference Include="X" Version="$(XVersion)" />
</ItemGroup></Project>
-- build/common.props --
<Project><PropertyGroup><XVersion>1.0.0</XVersion><XVersion Condition=" '$(XVersion)' == '' ">9.9.9</XVersion></PropertyGroup></Project>
`,
			want: `
nuget/Microsoft.NET.Test.Sdk@17.0.0 T.csproj:2 direct test req="17.0.0"
nuget/X@1.0.0 T.csproj:3 direct test req="1.0.0"`,
			own: []string{"pkg:nuget/T"},
		},
		{
			name: "test packages in a shared file", manifest: "tests/T.csproj",
			files: `-- Directory.Build.targets --
<Project><Import Project="$(MsBuildThisFileDirectory)eng/$(Kind).targets" Condition="$(Kind) != ''" /></Project>
-- eng/Test.targets --
<Project><ItemGroup><PackageReference Include="xunit" Version="2.9.3" /></ItemGroup></Project>
-- tests/T.csproj --
<Project><PropertyGroup><Kind>Test</Kind></PropertyGroup>
<ItemGroup><PackageReference Include="X" Version="1.0.0" /></ItemGroup></Project>
`,
			want: `nuget/X@1.0.0 tests/T.csproj:2 direct test req="1.0.0"`,
			own:  []string{"pkg:nuget/T"},
		},
		{
			name: "conditions on test projects", manifest: "Directory.Build.props",
			files: `-- Directory.Build.props --
<Project><ItemGroup Condition="'$(IsTestProject)' == 'true'"><PackageReference Include="xunit" Version="2.9.3" /></ItemGroup>
<ItemGroup><PackageReference Include="X" Version="1.0.0" /></ItemGroup></Project>
`,
			want: `
nuget/X@1.0.0 Directory.Build.props:2 direct runtime req="1.0.0"
nuget/xunit@2.9.3 Directory.Build.props:1 direct test req="2.9.3" note="condition: '$(IsTestProject)' == 'true'"`,
		},
		{
			name: "cut off", manifest: "T.csproj",
			files: `-- T.csproj --
<!DOCTYPE x [<!ENTITY a "aaaa">]>
<Project><ItemGroup>
<PackageReference Include="X" Version="1.0.0" />
<PackageReference Include="Y&a;" Version="1.0`,
			want:     `nuget/X@1.0.0 T.csproj:3 direct runtime req="1.0.0"`,
			problems: []string{"T.csproj:4 malformed"},
			own:      []string{"pkg:nuget/T"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			checkResult(t, readTxtar(t, nugetReaders(), "nuget-project", tt.manifest, tt.files), tt.want, tt.problems, tt.own...)
		})
	}
}

func TestNuGetLock(t *testing.T) {
	const lock = `-- packages.lock.json --
{
  "version": 1,
  "dependencies": {
    "net8.0": {
      "Acme.Core": {"type": "Direct", "requested": "[1.0.0, )", "resolved": "1.0.1",
        "dependencies": {"acme.deep": "2.0.0"}},
      "Analyzer": {"type": "Direct", "requested": "[3.0.0, )", "resolved": "3.0.0"},
      "Acme.Deep": {"type": "Transitive", "resolved": "2.0.0"},
      "Pinned": {"type": "CentralTransitive", "requested": "[4.0.0, )", "resolved": "4.0.0"},
      "lib": {"type": "Project", "dependencies": {"Pinned": "[4.0.0, )", "other": "[1.0.0, )"}},
      "Broken": {"type": "Direct"}
    },
    "net8.0/win-x64": {
      "Native": {"type": "Transitive", "resolved": "5.0.0", "dependencies": {"Acme.Deep": "2.0.0"}}
    },
    "net9.0": {
      "Acme.Core": {"type": "Direct", "requested": "[1.0.0, )", "resolved": "1.2.0"}
    }
  }
}
`
	got := readTxtar(t, nugetReaders(), "nuget-lock", "packages.lock.json", lock+`-- App.csproj --
<Project><ItemGroup><PackageReference Include="analyzer" Version="3.0.0" PrivateAssets="All" /></ItemGroup></Project>
`)
	checkResult(t, got, `
nuget/Acme.Core@1.0.1 packages.lock.json:5 direct runtime req="[1.0.0, )" needs=nuget/Acme.Deep@2.0.0
nuget/Acme.Core@1.2.0 packages.lock.json:17 direct runtime req="[1.0.0, )"
nuget/Acme.Deep@2.0.0 packages.lock.json:8 transitive runtime via=nuget/Acme.Core@1.0.1
nuget/Analyzer@3.0.0 packages.lock.json:7 direct dev req="[3.0.0, )"
nuget/Native@5.0.0 packages.lock.json:14 transitive runtime needs=nuget/Acme.Deep@2.0.0
nuget/Pinned@4.0.0 packages.lock.json:9 transitive runtime req="[4.0.0, )"`,
		[]string{"packages.lock.json:11 malformed"}, "pkg:nuget/lib")
}

func TestPackagesConfig(t *testing.T) {
	const text = `<?xml version="1.0" encoding="utf-16"?>
<packages>
  <package id="Acme.Core" version="1.0.0" targetFramework="net461" allowedVersions="[1,2)" />
  <package id="Tool" version="2.0.0-beta.1" developmentDependency="true" />
</packages>`
	want := `
nuget/Acme.Core@1.0.0 packages.config:3 unknown runtime req="[1,2)"
nuget/Tool@2.0.0-beta.1 packages.config:4 unknown dev`
	little := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		little = append(little, byte(u), byte(u>>8))
	}
	for name, data := range map[string][]byte{
		"UTF-16":  little,
		"UTF-8":   []byte("\ufeff" + strings.Replace(text, "utf-16", "utf-8", 1)),
		"Latin-1": []byte(strings.Replace(text, `utf-16"?>`, "iso-8859-1\"?><!-- caf\xe9 -->", 1)),
	} {
		t.Run(name, func(t *testing.T) {
			checkResult(t, readWith(t, nugetReaders(), "nuget-config", "packages.config", MapFS{"packages.config": data}), want, nil)
		})
	}
}

func TestNuGetTools(t *testing.T) {
	got := readTxtar(t, nugetReaders(), "nuget-tools", ".config/dotnet-tools.json", `-- .config/dotnet-tools.json --
{"version": 1, "isRoot": true, "tools": {
  "acme-tool": {"version": "8.0.1", "commands": ["acme"]}}}
`)
	checkResult(t, got, `nuget/acme-tool@8.0.1 .config/dotnet-tools.json:2 direct build req="8.0.1" note=".NET tool"`, nil)
	got = readTxtar(t, nugetReaders(), "nuget-tools", "global.json", `-- global.json --
{"sdk": {"version": "8.0.100"}, "msbuild-sdks": {"Acme.Sdk": "1.0.0"}}
`)
	checkResult(t, got, `nuget/Acme.Sdk@1.0.0 global.json:1 direct build req="1.0.0" note="MSBuild SDK"`, nil)
}

func TestXMLIsBounded(t *testing.T) {
	root, faults := parseXML([]byte(strings.Repeat("<a>", 50_000)))
	if len(faults) != 2 || faults[0].kind != "too deep" {
		t.Errorf("faults %v", faults)
	}
	depth := 0
	for n := root; len(n.children) > 0; n = n.children[0] {
		depth++
	}
	if depth > xmlMaxDepth {
		t.Errorf("depth %d", depth)
	}
}

func TestMSBuildPropertiesThatNameEachOtherEnd(t *testing.T) {
	got := readTxtar(t, nugetReaders(), "nuget-project", "a.csproj", `-- a.csproj --
<Project><PropertyGroup><A>$(B)$(B)</A><B>$(A)$(A)</B><A>$(B)$(B)$(B)</A><B>$(A)$(A)</B></PropertyGroup>
<ItemGroup><PackageReference Include="X" Version="$(A)" /></ItemGroup></Project>
`)
	if len(got.Usages) != 1 || got.Usages[0].Component.Version != "" || len(got.Usages[0].Requirement) > 1<<20 {
		t.Errorf("usages %.500v", got.Usages)
	}
}

func FuzzNuGet(f *testing.F) {
	fuzzReaders(f, nugetReaders, []string{"a/A.csproj", "Directory.Build.props", "Directory.Packages.props", "packages.config", "b/packages.lock.json", "global.json"},
		`<Project Sdk="A/1"><PropertyGroup><V>1</V></PropertyGroup><ItemGroup><PackageReference Include="X" Version="$(V)"/><PackageVersion Include="X" Version="2"/></ItemGroup><Import Project="$([MSBuild]::GetPathOfFileAbove(Directory.Build.props))"/></Project>`,
		`<packages><package id="X" version="1.0"/></packages>`,
		`{"dependencies": {"net8.0": {"X": {"type": "Direct", "resolved": "1", "dependencies": {"Y": "1"}}, "y": {"type": "Project"}}}}`,
		`{"msbuild-sdks": {"X": "1.0.0"}}`)
}
