package manifest

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// rowsOf runs every reader that matches a file of the tree and writes one line
// a usage: manifest:line name version|requirement relation scope [chain] (note).
func rowsOf(t *testing.T, files map[string]string) []string {
	t.Helper()
	fsys := MapFS{}
	for p, text := range files {
		fsys[p] = []byte(text)
	}
	var out []string
	for p := range fsys {
		for _, r := range Readers() {
			if !r.Match(p) {
				continue
			}
			res, err := r.Read(fsys, p)
			if err != nil {
				t.Fatalf("%s: %v", p, err)
			}
			for _, u := range res.Usages {
				row := fmt.Sprintf("%s:%d %s %s|%s %s %s", u.Manifest, u.Line, u.Component.FullName(), u.Component.Version, u.Requirement, u.Relation, u.Scope)
				if len(u.Chain) > 0 {
					row += " [" + strings.Join(u.Chain, " ") + "]"
				}
				if u.Note != "" {
					row += " (" + u.Note + ")"
				}
				out = append(out, row)
			}
			for _, pr := range res.Problems {
				out = append(out, fmt.Sprintf("%s:%d problem %s", pr.Path, pr.Line, pr.Kind))
			}
		}
	}
	sort.Strings(out)
	return out
}

func checkRows(t *testing.T, files map[string]string, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, rowsOf(t, files)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestMavenResolvesWhatTheRepositoryHolds(t *testing.T) {
	checkRows(t, map[string]string{
		"pom.xml": `<project><groupId>com.acme</groupId><artifactId>root</artifactId><version>1</version>
<parent><groupId>org.outside</groupId><artifactId>corp-parent</artifactId><version>7</version><relativePath/></parent>
<properties><slf4j>2.0.1</slf4j><both>${slf4j}</both></properties>
<dependencyManagement><dependencies>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-api</artifactId><version>${both}</version></dependency>
<dependency><groupId>org.out</groupId><artifactId>bom</artifactId><version>3</version><type>pom</type><scope>import</scope></dependency>
</dependencies></dependencyManagement></project>`,
		"mid/pom.xml": `<project><artifactId>mid</artifactId><parent><groupId>com.acme</groupId><artifactId>root</artifactId><version>1</version></parent></project>`,
		"mid/leaf/pom.xml": `<project><artifactId>leaf</artifactId><parent><groupId>com.acme</groupId><artifactId>mid</artifactId><version>1</version></parent>
<dependencies>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-api</artifactId></dependency>
<dependency><groupId>${project.groupId}</groupId><artifactId>mid</artifactId><version>${project.version}</version></dependency>
<dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>[4,5)</version><scope>test</scope></dependency>
<dependency><groupId>a</groupId><artifactId>from-outside</artifactId></dependency>
<dependency><groupId>a</groupId><artifactId>by-property</artifactId><version>${nowhere}</version><scope>provided</scope></dependency>
<dependency><groupId>a</groupId><artifactId>extra</artifactId><version>1</version><optional>true</optional></dependency>
</dependencies>
<build><plugins><plugin><artifactId>maven-jar-plugin</artifactId><version>3.1</version></plugin></plugins></build></project>`,
	},
		"mid/leaf/pom.xml:10 org.apache.maven.plugins:maven-jar-plugin 3.1|3.1 direct build (plugin)",
		"mid/leaf/pom.xml:3 org.slf4j:slf4j-api 2.0.1|${both} direct runtime",
		"mid/leaf/pom.xml:5 junit:junit |[4,5) direct test",
		"mid/leaf/pom.xml:6 a:from-outside | direct runtime (version from one of: parent org.outside:corp-parent@7, BOM org.out:bom@3)",
		"mid/leaf/pom.xml:7 a:by-property |${nowhere} direct provided (version ${nowhere} from parent org.outside:corp-parent@7)",
		"mid/leaf/pom.xml:8 a:extra 1|1 direct optional",
		"pom.xml:2 org.outside:corp-parent 7|7 direct build (parent pom)",
		"pom.xml:6 org.out:bom 3|3 direct build (imported BOM)",
	)
}

func TestMavenSurvivesLoopsOfParentsAndProperties(t *testing.T) {
	checkRows(t, map[string]string{
		"a/pom.xml": `<project><groupId>g</groupId><artifactId>a</artifactId><version>1</version>
<parent><groupId>g</groupId><artifactId>b</artifactId><version>1</version><relativePath>../b</relativePath></parent>
<properties><x>${y}</x><y>${x}</y></properties>
<dependencies><dependency><groupId>o</groupId><artifactId>o</artifactId><version>${x}</version></dependency></dependencies></project>`,
		"b/pom.xml": `<project><groupId>g</groupId><artifactId>b</artifactId><version>1</version>
<parent><groupId>g</groupId><artifactId>a</artifactId><version>1</version><relativePath>../a</relativePath></parent></project>`,
	}, "a/pom.xml:4 o:o |${x} direct runtime (version ${x} is set nowhere in this repository)")
}

func TestRequirementsFilesGivePinsRangesAndIncludes(t *testing.T) {
	checkRows(t, map[string]string{
		"requirements.txt": `# comment
-r base.txt
-c constraints.txt
Django==4.2.1 \
    --hash=sha256:aa
flask>=2,<3 ; python_version >= "3.9"
six
Wild==1.*
-e .
./local
pkg @ git+https://user:secret@example.com/x.git@v1
not a requirement !!
-r ../../outside.txt
`,
		"base.txt":             "requests==2.31.0\n-r requirements.txt\n",
		"constraints.txt":      "six==1.16.0\nunused==9\n",
		"requirements-dev.txt": "pytest==7.4\n",
	},
		"base.txt:1 requests 2.31.0|==2.31.0 direct runtime",
		"requirements-dev.txt:1 pytest 7.4|==7.4 direct dev",
		"requirements.txt:11 pkg v1|git+https://example.com/x.git@v1 direct runtime",
		"requirements.txt:12 problem not understood",
		"requirements.txt:13 problem outside",
		"requirements.txt:4 django 4.2.1|==4.2.1 direct runtime",
		"requirements.txt:6 flask |>=2,<3 direct runtime (where python_version >= \"3.9\")",
		"requirements.txt:7 six 1.16.0| direct runtime (version from a constraints file)",
		"requirements.txt:8 wild |==1.* direct runtime",
	)
}

func TestCompiledRequirementsTellTheChain(t *testing.T) {
	checkRows(t, map[string]string{"requirements.txt": `click==8.1
    # via flask
flask==3.0
    # via -r requirements.in
markupsafe==2.1
    # via
    #   jinja2
    #   werkzeug
jinja2==3.1  # inline
    # via flask
`},
		"requirements.txt:1 click 8.1|==8.1 transitive runtime [pkg:pypi/flask@3.0]",
		"requirements.txt:3 flask 3.0|==3.0 direct runtime",
		"requirements.txt:5 markupsafe 2.1|==2.1 direct runtime",
		"requirements.txt:9 jinja2 3.1|==3.1 transitive runtime [pkg:pypi/flask@3.0]",
	)
}

func TestPoetryLockTakesScopeAndChainFromTheProject(t *testing.T) {
	checkRows(t, map[string]string{
		"pyproject.toml": `[tool.poetry]
name = "app"
[tool.poetry.dependencies]
python = "^3.10"
requests = "^2.31"
[tool.poetry.group.test.dependencies]
pytest = "^7"
[build-system]
requires = ["poetry-core>=1.0"]
`,
		"poetry.lock": `[[package]]
name = "certifi"
version = "2024.1"

[[package]]
name = "pytest"
version = "7.4"

[[package]]
name = "Requests"
version = "2.31.0"
[package.dependencies]
certifi = ">=2017"
`,
	},
		"poetry.lock:10 requests 2.31.0|^2.31 direct runtime",
		"poetry.lock:2 certifi 2024.1| transitive runtime [pkg:pypi/requests@2.31.0]",
		"poetry.lock:6 pytest 7.4|^7 direct test",
		"pyproject.toml:9 poetry-core |>=1.0 direct build",
	)
}

func TestUvLockLeavesOutOwnProjectsAndFollowsExtras(t *testing.T) {
	checkRows(t, map[string]string{
		"pyproject.toml": "[project]\nname = \"app\"\ndependencies = [\"httpx[socks]>=0.27\"]\n",
		"uv.lock": `version = 1

[[package]]
name = "app"
version = "0.1"
source = { editable = "." }
dependencies = [{ name = "httpx", extra = ["socks"] }]
[package.dev-dependencies]
dev = [{ name = "ruff" }]
[package.metadata]
requires-dist = [{ name = "httpx", extras = ["socks"], specifier = ">=0.27" }]

[[package]]
name = "httpx"
version = "0.27.0"
source = { registry = "https://pypi.org/simple" }
[package.optional-dependencies]
socks = [{ name = "socksio" }]

[[package]]
name = "ruff"
version = "0.4"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "socksio"
version = "1.0"
source = { registry = "https://pypi.org/simple" }
`,
	},
		"uv.lock:14 httpx 0.27.0|>=0.27 direct runtime",
		"uv.lock:21 ruff 0.4| direct dev",
		"uv.lock:26 socksio 1.0| transitive runtime [pkg:pypi/httpx@0.27.0]",
	)
}

func TestProjectFilesWithoutALockGiveRequirements(t *testing.T) {
	checkRows(t, map[string]string{
		"a/pyproject.toml": "[project]\nname = \"a\"\ndependencies = [\n  \"rich>=13\",\n  \"click==8.1.7\",\n]\noptional-dependencies.s3 = [\"boto3\"]\n[dependency-groups]\ntest = [\"pytest\"]\ndev = [{include-group = \"test\"}, \"ruff~=0.4\"]\n",
		"b/setup.cfg":      "[metadata]\nname = b\n[options]\ninstall_requires =\n    attrs>=20\n    toml; python_version < '3.11'\n[options.extras_require]\ntests = nose\n",
		"c/setup.py":       "from setuptools import setup\nsetup(name='c', install_requires=[\n  'six>=1',  # note\n], extras_require={'x': ['lxml']}, tests_require=read('t'))\n",
		"d/Pipfile":        "[packages]\nflask = \"==3.0.0\"\nlocal = {path = \".\"}\n[dev-packages]\nblack = \"*\"\n",
	},
		"a/pyproject.toml:10 ruff |~=0.4 direct dev (group dev)",
		"a/pyproject.toml:4 rich |>=13 direct runtime",
		"a/pyproject.toml:5 click 8.1.7|==8.1.7 direct runtime",
		"a/pyproject.toml:7 boto3 | direct optional (group s3)",
		"a/pyproject.toml:9 pytest | direct test (group test)",
		"b/setup.cfg:5 attrs |>=20 direct runtime",
		"b/setup.cfg:6 toml | direct runtime (where python_version < '3.11')",
		"b/setup.cfg:8 nose | direct optional (extra tests)",
		"c/setup.py:3 six |>=1 direct runtime",
		"c/setup.py:4 lxml | direct optional",
		"c/setup.py:4 problem not understood",
		"d/Pipfile:2 flask 3.0.0|==3.0.0 direct runtime",
		"d/Pipfile:5 black | direct dev",
	)
}

func TestPipfileLockKeepsMarkersAndScopes(t *testing.T) {
	checkRows(t, map[string]string{
		"Pipfile":      "[packages]\nrequests = \">=2\"\n[dev-packages]\npytest = \"*\"\n",
		"Pipfile.lock": "{\n\"_meta\": {},\n\"default\": {\n\"requests\": {\"version\": \"==2.31.0\"},\n\"idna\": {\"version\": \"==3.4\", \"markers\": \"python_version >= '3.5'\"}\n},\n\"develop\": {\n\"pytest\": {\"version\": \"==7.4\"}\n}\n}",
	},
		"Pipfile.lock:4 requests 2.31.0|>=2 direct runtime",
		"Pipfile.lock:5 idna 3.4| transitive runtime (where python_version >= '3.5')",
		"Pipfile.lock:8 pytest 7.4| direct dev",
	)
}

func TestGradleLocksCatalogsAndScripts(t *testing.T) {
	checkRows(t, map[string]string{
		"a/gradle.lockfile": "# comment\ncom.google.guava:guava:33.0=compileClasspath,runtimeClasspath\njunit:junit:4.13=testCompileClasspath\norg.projectlombok:lombok:1.18=annotationProcessor,compileClasspath\nbroken\nempty=\n",
		"a/build.gradle":    "dependencies {\n  implementation 'com.google.guava:guava:33.0'\n}\n",
		"b/build.gradle.kts": `plugins { id("org.example.thing") version "1.2" }
val okio = "3.9.0"
dependencies {
    implementation("com.squareup.okio:okio:$okio")
    api(platform("org.springframework.boot:spring-boot-dependencies:3.2.0"))
    testImplementation("org.assertj:assertj-core")
    // implementation("commented:out:1")
    implementation(project(":core"))
    compileOnly("x:ranged:1.+")
    runtimeOnly("x:computed:${versions.thing}")
}
`,
		"gradle/libs.versions.toml": "[versions]\nkotlin = \"2.0.0\"\n[libraries]\nstdlib = { module = \"org.jetbrains.kotlin:kotlin-stdlib\", version.ref = \"kotlin\" }\n[plugins]\njvm = { id = \"org.jetbrains.kotlin.jvm\", version.ref = \"kotlin\" }\n",
	},
		"a/gradle.lockfile:2 com.google.guava:guava 33.0|33.0 direct runtime",
		"a/gradle.lockfile:3 junit:junit 4.13| transitive test",
		"a/gradle.lockfile:4 org.projectlombok:lombok 1.18| transitive provided",
		"a/gradle.lockfile:5 problem malformed",
		"b/build.gradle.kts:1 org.example.thing:org.example.thing.gradle.plugin 1.2|1.2 direct build (Gradle plugin org.example.thing)",
		"b/build.gradle.kts:10 x:computed |${versions.thing} direct runtime (version ${versions.thing} is computed by the build)",
		"b/build.gradle.kts:4 com.squareup.okio:okio 3.9.0|3.9.0 direct runtime",
		"b/build.gradle.kts:5 org.springframework.boot:spring-boot-dependencies 3.2.0|3.2.0 direct build (platform (BOM))",
		"b/build.gradle.kts:6 org.assertj:assertj-core | direct test (no version here: a platform, plugin or constraint sets it)",
		"b/build.gradle.kts:9 x:ranged |1.+ direct provided",
		"gradle/libs.versions.toml:4 org.jetbrains.kotlin:kotlin-stdlib 2.0.0|2.0.0 direct runtime (declared in the version catalog)",
		"gradle/libs.versions.toml:6 org.jetbrains.kotlin.jvm:org.jetbrains.kotlin.jvm.gradle.plugin 2.0.0|2.0.0 direct build (Gradle plugin org.jetbrains.kotlin.jvm)",
	)
}

func TestNebulaLockTellsChainAndScope(t *testing.T) {
	checkRows(t, map[string]string{"dependencies.lock": `{
"compileClasspath": {
"com.acme:core": {"project": true},
"g:a": {"locked": "1.0", "requested": "1.+"},
"g:b": {"locked": "2.0", "transitive": ["g:a"]}
},
"runtimeClasspath": {
"g:a": {"locked": "1.0", "requested": "1.+"},
"g:b": {"locked": "2.0", "transitive": ["g:a", "com.acme:core"]}
},
"testCompileClasspath": {
"junit:junit": {"locked": "4.13", "requested": "4.13"}
}
}`},
		"dependencies.lock:12 junit:junit 4.13|4.13 direct test",
		"dependencies.lock:4 g:a 1.0|1.+ direct runtime",
		"dependencies.lock:5 g:b 2.0| direct runtime",
	)
}

func FuzzPythonMavenGradle(f *testing.F) {
	names := []string{"pom.xml", "requirements.txt", "Pipfile", "Pipfile.lock", "poetry.lock", "pdm.lock", "uv.lock", "pylock.toml", "pyproject.toml",
		"setup.cfg", "setup.py", "gradle.lockfile", "verification-metadata.xml", "libs.versions.toml", "dependencies.lock", "build.gradle"}
	for i, s := range []string{"<project><parent><artifactId>a</artifactId></parent><properties><a>${a}</a></properties><dependencies><dependency><groupId>${a}</groupId>",
		"a==1 \\\n -r requirements.txt\n-e git+https://x/y#egg=z", "[packages]\na = {git='x'}", `{"default":{"a":{"version":"==1"}}}`,
		"[[package]]\nname='a'\n[package.dependencies]\na='1'", "setup(install_requires=['a', \"b", "implementation \"g:a:${x}\""} {
		f.Add(uint8(i), []byte(s))
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		name := names[int(which)%len(names)]
		fsys := MapFS{name: data, "sub/pom.xml": data, "pyproject.toml": data}
		for _, r := range Readers() {
			if r.Match(name) {
				if _, err := r.Read(fsys, name); err != nil {
					t.Skip("the file says nothing at all")
				}
			}
		}
	})
}
