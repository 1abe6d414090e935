package manifest

import (
	"fmt"
	"strings"
	"testing"
)

// pomOf writes a pom of group g, version 1.
func pomOf(artifact, body string) string {
	return "<project><groupId>g</groupId><artifactId>" + artifact + "</artifactId><version>1</version>\n" + body + "</project>"
}

// depOf writes a dependency of group o; more is put in as it is.
func depOf(artifact, more string) string {
	return "<dependency><groupId>o</groupId><artifactId>" + artifact + "</artifactId>" + more + "</dependency>\n"
}

func managedOf(deps ...string) string {
	return "<dependencyManagement><dependencies>" + strings.Join(deps, "") + "</dependencies></dependencyManagement>"
}

func importOf(artifact string) string {
	return "<dependency><groupId>g</groupId><artifactId>" + artifact + "</artifactId><version>1</version><type>pom</type><scope>import</scope></dependency>"
}

func TestMavenFindsAParentByItsCoordinates(t *testing.T) {
	checkRows(t, map[string]string{
		"app/pom.xml": `<project><artifactId>app</artifactId><parent><groupId>g</groupId><artifactId>up</artifactId><version>1</version><relativePath/></parent>
<dependencies>` + depOf("x", "") + `</dependencies></project>`,
		"z/up/pom.xml":     pomOf("up", managedOf(depOf("x", "<version>2</version>"))),
		"zz/other/pom.xml": pomOf("up", ""),
	}, "app/pom.xml:2 o:x 2|2 direct runtime")
}

func TestMavenTakesTheNearestOfEqualParents(t *testing.T) {
	child := `<project><artifactId>c</artifactId><parent><groupId>g</groupId><artifactId>up</artifactId><version>1</version></parent><dependencies>
` + depOf("x", "") + `</dependencies></project>`
	checkRows(t, map[string]string{
		"a/mods/c/pom.xml": child, "a/up/pom.xml": pomOf("up", managedOf(depOf("x", "<version>a</version>"))),
		"b/mods/c/pom.xml": child, "b/up/pom.xml": pomOf("up", managedOf(depOf("x", "<version>b</version>"))),
	},
		"a/mods/c/pom.xml:2 o:x a|a direct runtime",
		"b/mods/c/pom.xml:2 o:x b|b direct runtime")
}

func TestABOMIsReadByItsOwnProperties(t *testing.T) {
	checkRows(t, map[string]string{
		"bom/pom.xml": pomOf("bom", "<properties><v>1.0</v></properties>"+managedOf(depOf("x", "<version>${v}</version>"))),
		"app/pom.xml": pomOf("app", "<properties><v>9.9</v></properties>"+managedOf(importOf("bom"))+"<dependencies>"+
			depOf("x", "")+depOf("y", "<version>${v}</version>")+"</dependencies>"),
	},
		"app/pom.xml:2 o:x 1.0|${v} direct runtime",
		"app/pom.xml:3 o:y 9.9|${v} direct runtime")
}

func TestWhatAProjectManagesItselfWinsOverItsBOMs(t *testing.T) {
	checkRows(t, map[string]string{
		"bom/pom.xml": pomOf("bom", managedOf(depOf("x", "<version>1</version>"))),
		"app/pom.xml": pomOf("app", managedOf(importOf("bom"), depOf("x", "<version>2</version><scope>test</scope>"))+"<dependencies>\n"+depOf("x", "")+"</dependencies>"),
	}, "app/pom.xml:4 o:x 2|2 direct test")
}

func TestAPropertyThatProfilesDisagreeOnIsNoVersion(t *testing.T) {
	profile := func(id, activation, v string) string {
		return "<profile><id>" + id + "</id>" + activation + "<properties><v>" + v + "</v></properties></profile>"
	}
	dep := "<dependencies>" + depOf("x", "<version>${v}</version>") + "</dependencies><profiles>"
	checkRows(t, map[string]string{
		"a/pom.xml": pomOf("a", dep+profile("p", "", "1")+profile("q", "", "2")+"</profiles>"),
		"b/pom.xml": pomOf("b", dep+profile("p", "", "1")+profile("q", "<activation><activeByDefault>true</activeByDefault></activation>", "2")+"</profiles>"),
		"c/pom.xml": pomOf("c", dep+profile("p", "", "1")+"</profiles>"),
	},
		"a/pom.xml:2 o:x |${v} direct runtime (version ${v} depends on the profile: 1, 2)",
		"b/pom.xml:2 o:x 2|${v} direct runtime",
		"c/pom.xml:2 o:x 1|${v} direct runtime")
}

func TestMavenFourInfersParentAndVersion(t *testing.T) {
	checkRows(t, map[string]string{
		"pom.xml":   pomOf("root", managedOf(depOf("x", "<version>3</version>"))),
		"m/pom.xml": "<project><parent/><artifactId>m</artifactId><dependencies>\n" + depOf("x", "") + "<dependency><groupId>g</groupId><artifactId>root</artifactId></dependency></dependencies></project>",
	}, "m/pom.xml:2 o:x 3|3 direct runtime")
}

func TestVersionsForContinuousIntegrationAreFollowed(t *testing.T) {
	checkRows(t, map[string]string{
		"pom.xml": `<project><groupId>g</groupId><artifactId>root</artifactId><version>${revision}</version><properties><revision>5-SNAPSHOT</revision></properties></project>`,
		"m/pom.xml": `<project><artifactId>m</artifactId><parent><groupId>g</groupId><artifactId>root</artifactId><version>${revision}</version></parent><dependencies>
<dependency><groupId>${project.parent.groupId}</groupId><artifactId>root</artifactId><version>${project.version}</version></dependency>
` + depOf("x", "<version>[1.5]</version><classifier>linux</classifier><type>zip</type>") + `</dependencies></project>`,
	}, "m/pom.xml:3 o:x 1.5|[1.5] direct runtime")
}

func TestPluginVersionsComeFromPluginManagement(t *testing.T) {
	plugin := func(more string) string {
		return "<plugin><artifactId>maven-x-plugin</artifactId>" + more + "</plugin>"
	}
	checkRows(t, map[string]string{
		"pom.xml": pomOf("root", "<build><pluginManagement><plugins>"+plugin("<version>${pv}</version>")+"</plugins></pluginManagement></build>"),
		"m/pom.xml": `<project><artifactId>m</artifactId><parent><groupId>g</groupId><artifactId>root</artifactId><version>1</version></parent><properties><pv>7</pv></properties><build>
<plugins>` + plugin("<dependencies>\n"+depOf("of-plugin", "<version>1</version>")+"</dependencies>") + `</plugins></build></project>`,
	},
		"m/pom.xml:2 org.apache.maven.plugins:maven-x-plugin 7|${pv} direct build (plugin)",
		"m/pom.xml:3 o:of-plugin 1|1 direct build (of plugin maven-x-plugin)")
}

func TestCoreExtensionsAreListed(t *testing.T) {
	checkRows(t, map[string]string{"m/.mvn/extensions.xml": "<extensions>\n<extension><groupId>o</groupId><artifactId>cache</artifactId><version>1.2</version></extension></extensions>"},
		"m/.mvn/extensions.xml:2 o:cache 1.2|1.2 direct build (core extension)")
}

func TestBOMsThatImportEachOtherEnd(t *testing.T) {
	files, names := map[string]string{}, []string{"a", "b", "c", "d"}
	for _, n := range names {
		var imports []string
		for _, other := range names {
			imports = append(imports, importOf(other))
		}
		files[n+"/pom.xml"] = pomOf(n, managedOf(imports...)+"<dependencies>"+depOf("x", "")+"</dependencies>")
	}
	checkRows(t, files,
		"a/pom.xml:2 o:x | direct runtime (no version is set in this repository)",
		"b/pom.xml:2 o:x | direct runtime (no version is set in this repository)",
		"c/pom.xml:2 o:x | direct runtime (no version is set in this repository)",
		"d/pom.xml:2 o:x | direct runtime (no version is set in this repository)")
}

func TestPropertiesThatMultiplyAreNotFollowedToTheEnd(t *testing.T) {
	var props strings.Builder
	for i := range 30 {
		fmt.Fprintf(&props, "<p%d>%s</p%d>", i+1, strings.Repeat(fmt.Sprintf("${p%d}", i), 10), i+1)
	}
	checkRows(t, map[string]string{"pom.xml": pomOf("a", "<properties><p0></p0>"+props.String()+"</properties><dependencies>"+depOf("x", "<version>${p20}</version>")+"</dependencies>")},
		"pom.xml:2 o:x |${p20} direct runtime (version ${p20} is set nowhere in this repository)")
}

func TestManyManagedDependenciesAreSearchedOnce(t *testing.T) {
	const n = 20000
	managed, deps := make([]string, n), make([]string, n)
	for i := range n {
		managed[i] = depOf(fmt.Sprint("m", i), "<version>1</version>")
		deps[i] = depOf(fmt.Sprint("d", i), "")
	}
	rows := rowsOf(t, map[string]string{"pom.xml": pomOf("a", managedOf(managed...)+"<dependencies>"+strings.Join(deps, "")+"</dependencies>")})
	if len(rows) != n {
		t.Errorf("%d usages, want %d", len(rows), n)
	}
}

func TestDamagedPomsAreReadAsFarAsTheyGo(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"truncated": {pomOf("a", "<dependencies>"+depOf("x", "<version>1</version>"))[:170],
			[]string{"pom.xml:2 o:x 1|1 direct runtime", "pom.xml:2 problem malformed"}},
		"entities": {"<!DOCTYPE p [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\n" + pomOf("a", "<dependencies>"+depOf("x", "<version>&b;</version>")+"</dependencies>"),
			[]string{"pom.xml:3 o:x |&b; direct runtime"}},
		"deep":       {strings.Repeat("<project>", 10000), []string{"pom.xml:1 problem malformed", "pom.xml:1 problem too deep"}},
		"no project": {"<settings/>", []string{"pom.xml:1 problem malformed"}},
		"conflict": {pomOf("a", "<dependencies>\n<<<<<<< ours\n"+depOf("x", "<version>1</version>")+"=======\n"+depOf("x", "<version>2</version>")+">>>>>>> theirs\n</dependencies>"),
			[]string{"pom.xml:3 problem merge conflict", "pom.xml:4 o:x 1|1 direct runtime", "pom.xml:6 o:x 2|2 direct runtime"}},
	} {
		t.Run(name, func(t *testing.T) { checkRows(t, map[string]string{"pom.xml": c.text}, c.want...) })
	}
}
