package upstream

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// Lifecycles holds release cycles by product, as endoflife.date publishes them.
// A nil one knows nothing.
type Lifecycles struct {
	byPackage map[string]*Product // package URL without version
	byImage   map[string]*Product // name of an official container image, or of a generic package
}

// NewLifecycles takes products; of two that claim one package the first counts.
func NewLifecycles(products []Product) *Lifecycles {
	l := &Lifecycles{byPackage: map[string]*Product{}, byImage: map[string]*Product{}}
	for i := range products {
		p := &products[i]
		name := strings.ToLower(p.Name)
		for _, u := range append(slices.Clone(p.Packages), productPackages[name]...) {
			if l.byPackage[u] == nil {
				l.byPackage[u] = p
			}
		}
		if l.byImage[name] == nil {
			l.byImage[name] = p
		}
	}
	return l
}

// Len is the number of products that are known.
func (l *Lifecycles) Len() int {
	if l == nil {
		return 0
	}
	return len(l.byImage)
}

// productPackages are the packages of which a version is that of a product, for
// files that name none. That a package has a product's name is not enough: the
// npm package redis is a client.
var productPackages = map[string][]string{
	"angular": {"pkg:npm/%40angular/core"}, "angularjs": {"pkg:npm/angular"}, "react": {"pkg:npm/react", "pkg:npm/react-dom"}, "vue": {"pkg:npm/vue"},
	"nextjs": {"pkg:npm/next"}, "nuxt": {"pkg:npm/nuxt"}, "jquery": {"pkg:npm/jquery"}, "jquery-ui": {"pkg:npm/jquery-ui"}, "bootstrap": {"pkg:npm/bootstrap"},
	"electron": {"pkg:npm/electron"}, "ember": {"pkg:npm/ember-source"}, "eslint": {"pkg:npm/eslint"}, "svelte": {"pkg:npm/svelte"}, "express": {"pkg:npm/express"},
	"react-native": {"pkg:npm/react-native"}, "vuetify": {"pkg:npm/vuetify"}, "meteor": {"pkg:npm/meteor"}, "tailwind-css": {"pkg:npm/tailwindcss"},
	"django": {"pkg:pypi/django"}, "wagtail": {"pkg:pypi/wagtail"}, "numpy": {"pkg:pypi/numpy"}, "ansible": {"pkg:pypi/ansible"}, "ansible-core": {"pkg:pypi/ansible-core"},
	"plone": {"pkg:pypi/plone"}, "apache-airflow": {"pkg:pypi/apache-airflow"}, "rails": {"pkg:gem/rails"}, "jekyll": {"pkg:gem/jekyll"},
	"laravel": {"pkg:composer/laravel/framework"}, "drupal": {"pkg:composer/drupal/core"}, "symfony": {"pkg:composer/symfony/symfony", "pkg:composer/symfony/http-kernel"}, "twig": {"pkg:composer/twig/twig"}, "phpunit": {"pkg:composer/phpunit/phpunit"},
	"spring-boot": {"pkg:maven/org.springframework.boot/spring-boot"}, "spring-framework": {"pkg:maven/org.springframework/spring-core"},
	"spring-security": {"pkg:maven/org.springframework.security/spring-security-core"}, "log4j": {"pkg:maven/org.apache.logging.log4j/log4j-core", "pkg:maven/log4j/log4j"},
	"tomcat": {"pkg:maven/org.apache.tomcat.embed/tomcat-embed-core", "pkg:maven/org.apache.tomcat/tomcat-catalina"}, "hibernate-orm": {"pkg:maven/org.hibernate.orm/hibernate-core", "pkg:maven/org.hibernate/hibernate-core"},
	"quarkus-framework": {"pkg:maven/io.quarkus/quarkus-core"}, "micronaut": {"pkg:maven/io.micronaut/micronaut-core"}, "grails": {"pkg:maven/org.grails/grails-core"}, "jackson": {"pkg:maven/com.fasterxml.jackson.core/jackson-databind"},
	"apache-struts": {"pkg:maven/org.apache.struts/struts2-core"}, "apache-camel": {"pkg:maven/org.apache.camel/camel-core"}, "apache-spark": {"pkg:maven/org.apache.spark/spark-core_2.12", "pkg:maven/org.apache.spark/spark-core_2.13"},
	"go": {"pkg:golang/stdlib", "pkg:docker/library/golang", "pkg:docker/golang"}, "nodejs": {"pkg:docker/library/node", "pkg:docker/node"}, "postgresql": {"pkg:docker/library/postgres", "pkg:docker/postgres"},
}

// Product is one file of endoflife.date: the cycles of one product.
type Product struct {
	Name string
	// Packages are the purls without version that the file names as the product;
	// empty stands for packages of the product's name.
	Packages []string
	Cycles   []Cycle
	Source   string
}

// Cycle is a line of releases, such as 3.9.
type Cycle struct {
	Name   string
	End    time.Time // the end of security support; zero where only Ended tells
	Ended  Known
	Latest string
}

// maxLifecycle bounds a file of cycles.
const maxLifecycle = 4 << 20

// cycleWire is one cycle in the form of endoflife.date's API: a date or a
// boolean in "eol" (v0: /api/PRODUCT.json), "eolFrom" and "isEol" (v1).
type cycleWire struct {
	Cycle   json.RawMessage `json:"cycle"`
	Name    string          `json:"name"`
	EOL     json.RawMessage `json:"eol"`
	EOLFrom string          `json:"eolFrom"`
	IsEOL   *bool           `json:"isEol"`
	Latest  json.RawMessage `json:"latest"`
}

// ParseLifecycle reads one product's file; name is that of the file without
// ".json".
func ParseLifecycle(name, source string, data []byte) (Product, error) {
	p := Product{Name: name, Source: source}
	if len(data) > maxLifecycle {
		return p, fmt.Errorf("%s is larger than %d MB", source, maxLifecycle>>20)
	}
	var cycles []cycleWire
	if err := json.Unmarshal(data, &cycles); err != nil {
		var v1 struct {
			Result struct {
				Name        string
				Releases    []cycleWire
				Identifiers []struct{ Type, ID string }
			}
		}
		if json.Unmarshal(data, &v1) != nil || len(v1.Result.Releases) == 0 {
			return p, fmt.Errorf("%s is not in endoflife.date's form (a list of cycles, or an object with result.releases)", source)
		}
		cycles = v1.Result.Releases
		for _, id := range v1.Result.Identifiers {
			if u, err := inventory.ParsePURL(id.ID); id.Type == "purl" && err == nil {
				p.Packages = append(p.Packages, u.WithoutVersion().String())
			}
		}
	}
	for _, w := range cycles {
		if c, ok := w.cycle(); ok {
			p.Cycles = append(p.Cycles, c)
		}
	}
	return p, nil
}

func (w cycleWire) cycle() (Cycle, bool) {
	c := Cycle{Name: w.Name, Latest: latestOf(w.Latest)}
	if len(w.Cycle) > 0 { // a number keeps its digits: 3.10 is not 3.1
		c.Name = strings.Trim(string(w.Cycle), `"`)
	}
	var text string
	var flag bool
	switch {
	case w.EOLFrom != "":
		c.End, _ = time.Parse(time.DateOnly, w.EOLFrom)
	case json.Unmarshal(w.EOL, &text) == nil:
		c.End, _ = time.Parse(time.DateOnly, text)
	case json.Unmarshal(w.EOL, &flag) == nil:
		c.Ended = KnownBool(flag)
	}
	if w.IsEOL != nil && c.End.IsZero() {
		c.Ended = KnownBool(*w.IsEOL)
	}
	return c, c.Name != "" && (!c.End.IsZero() || c.Ended != NotTold)
}

// latestOf reads a text (v0) or an object with a name (v1).
func latestOf(raw json.RawMessage) string {
	var text string
	var object struct{ Name string }
	if json.Unmarshal(raw, &text) != nil {
		_ = json.Unmarshal(raw, &object) // any other form tells no version
		text = object.Name
	}
	return text
}

// Ending is what is known of the end of one version's cycle.
type Ending struct {
	Cycle
	Product, Source string
}

// Over says whether the cycle is out of support.
func (e Ending) Over(now time.Time) bool {
	return e.Ended == Yes || !e.End.IsZero() && !now.Before(e.End)
}

// Text explains it for a cycle that is over.
func (e Ending) Text(version string) string {
	s := fmt.Sprintf("%s %s (version %s in use) is out of support", e.Product, e.Name, version)
	if !e.End.IsZero() {
		s += " since " + e.End.Format(time.DateOnly)
	}
	return s
}

// Find gives the cycle of a version: the longest cycle name that the version
// starts with, at a dot.
func (l *Lifecycles) Find(p inventory.PURL, version string) (Ending, bool) {
	product := l.product(p)
	if product == nil || version == "" {
		return Ending{}, false
	}
	version = strings.TrimPrefix(strings.TrimPrefix(version, "v"), "go")
	var best *Cycle
	for i := range product.Cycles {
		c := &product.Cycles[i]
		rest, ok := strings.CutPrefix(version, c.Name)
		if ok && (rest == "" || !isDigitByte(rest[0])) && (best == nil || len(c.Name) > len(best.Name)) {
			best = c
		}
	}
	if best == nil {
		return Ending{}, false
	}
	return Ending{Cycle: *best, Product: product.Name, Source: product.Source}, true
}

// product finds by package URL, else an official container image (docker.io's
// library) or a generic package by its name.
func (l *Lifecycles) product(p inventory.PURL) *Product {
	if l == nil {
		return nil
	}
	plain := inventory.PURL{Type: p.Type, Namespace: p.Namespace, Name: p.Name}
	if product := l.byPackage[plain.String()]; product != nil {
		return product
	}
	if p.Type == "generic" && p.Namespace == "" || p.Type == "docker" && (p.Namespace == "" || p.Namespace == "library") {
		return l.byImage[strings.ToLower(p.Name)]
	}
	return nil
}
