package upstream

import "strings"

// Switching costs by kind of software (docs/impact.md): what products are built
// upon can hardly be replaced, a small library can.
const (
	SwitchingDeep = 1.0
	SwitchingLeaf = 0.5
)

// DeepClass is true for the kinds of software that can hardly be replaced.
func DeepClass(class string) bool {
	return class == "framework" || class == "database" || class == "cryptography" || class == "language"
}

// ClassOf gives the kind of a well-known project by its repository; "" for all
// others. The program's word comes before.
func ClassOf(repository string) string { return classes[Key(repository)] }

// classes are projects that are what they are beyond doubt, by key.
var classes = classTable(map[string]string{
	"framework": `facebook/react vuejs/core angular/angular sveltejs/svelte vercel/next.js nuxt/nuxt expressjs/express nestjs/nest fastify/fastify honojs/hono electron/electron
		facebook/react-native flutter/flutter jquery/jquery emberjs/ember.js solidjs/solid preactjs/preact withastro/astro django/django pallets/flask fastapi/fastapi tornadoweb/tornado
		rails/rails sinatra/sinatra spring-projects/spring-framework spring-projects/spring-boot quarkusio/quarkus micronaut-projects/micronaut-core eclipse-vertx/vert.x netty/netty
		laravel/framework symfony/symfony cakephp/cakephp dotnet/aspnetcore dotnet/runtime avaloniaui/avalonia gin-gonic/gin labstack/echo gofiber/fiber tokio-rs/tokio tokio-rs/axum actix/actix-web
		phoenixframework/phoenix elixir-ecto/ecto kubernetes/kubernetes kubernetes/client-go kubernetes-sigs/controller-runtime grpc/grpc-go grpc/grpc-java tensorflow/tensorflow pytorch/pytorch
		apache/spark apache/flink apache/kafka apache/camel akka/akka playframework/playframework tauri-apps/tauri vitejs/vite webpack/webpack elysiajs/elysia`,
	"database": `postgres/postgres mysql/mysql-server mariadb/server sqlite/sqlite redis/redis valkey-io/valkey mongodb/mongo elastic/elasticsearch opensearch-project/opensearch apache/cassandra
		etcd-io/etcd cockroachdb/cockroach duckdb/duckdb clickhouse/clickhouse hibernate/hibernate-orm sqlalchemy/sqlalchemy prisma/prisma typeorm/typeorm go-gorm/gorm ent/ent
		h2database/h2database apache/lucene facebook/rocksdb google/leveldb prometheus/prometheus influxdata/influxdb dotnet/efcore diesel-rs/diesel launchbadge/sqlx doctrine/orm jooq/jooq`,
	"cryptography": `openssl/openssl google/boringssl libressl/portable golang/crypto pyca/cryptography pyca/pynacl bcgit/bc-java rustls/rustls briansmith/ring aws/aws-lc-rs sfackler/rust-openssl
		jedisct1/libsodium wolfssl/wolfssl gnutls/gnutls mbed-tls/mbedtls filosottile/age google/tink tink-crypto/tink-go paulmillr/noble-curves digitalbazaar/forge rustcrypto/hashes`,
	"language": `golang/go microsoft/typescript python/cpython nodejs/node rust-lang/rust jetbrains/kotlin scala/scala ruby/ruby php/php-src openjdk/jdk denoland/deno oven-sh/bun
		elixir-lang/elixir erlang/otp apple/swift swiftlang/swift dart-lang/sdk julialang/julia ghc/ghc llvm/llvm-project babel/babel apache/groovy`,
})

func classTable(lists map[string]string) map[string]string {
	out := map[string]string{}
	for class, list := range lists {
		for _, name := range strings.Fields(list) {
			out["github.com/"+name] = class
		}
	}
	return out
}

// FoundationOf gives the foundation that holds the projects of an account on a
// forge; "" where none is known to.
func FoundationOf(repository string) string {
	host, path, _ := strings.Cut(Key(repository), "/")
	owner, _, _ := strings.Cut(path, "/")
	if host == "gitlab.eclipse.org" {
		return "Eclipse Foundation"
	}
	if host == "gitlab.gnome.org" {
		return "GNOME Foundation"
	}
	if host == "invent.kde.org" {
		return "KDE e.V."
	}
	if host != "github.com" {
		return ""
	}
	return foundations[owner]
}

// foundations are accounts whose projects a foundation holds, as the
// foundations' own lists say.
var foundations = foundationTable(map[string]string{
	"Apache Software Foundation": "apache",
	"Cloud Native Computing Foundation": `kubernetes kubernetes-sigs kubernetes-client prometheus envoyproxy containerd etcd-io helm fluxcd argoproj coredns jaegertracing open-telemetry opentracing
		linkerd istio knative cilium falcosecurity open-policy-agent theupdateframework tikv vitessio rook harbor fluent grpc nats-io spiffe cri-o crossplane dapr kedacore cert-manager
		backstage cortexproject thanos-io cloudevents kubevirt in-toto operator-framework notaryproject cncf goharbor longhorn buildpacks opencost chaos-mesh kubeedge volcano-sh`,
	"OpenJS Foundation":              "nodejs jquery webpack eslint mochajs expressjs electron openjs-foundation appium nvm-sh ampproject lodash messageformat node-red nodejs-mobile",
	"Python Software Foundation":     "python psf pypa pypi",
	"Django Software Foundation":     "django",
	"NumFOCUS":                       "numpy pandas-dev matplotlib jupyter jupyterlab julialang scikit-learn sympy bokeh zarr-developers",
	"Rust Foundation":                "rust-lang",
	"Linux Foundation":               "torvalds opencontainers hyperledger zephyrproject-rtos sigstore ossf spdx pytorch openbao opentofu valkey-io onnx containernetworking cloudfoundry letsencrypt",
	"Eclipse Foundation":             "eclipse eclipse-vertx eclipse-ee4j jakartaee eclipse-theia eclipse-jdt eclipse-platform adoptium",
	"OpenSearch Software Foundation": "opensearch-project",
	".NET Foundation":                "dotnet nunit app-vnext reactiveui xunit",
	"MariaDB Foundation":             "mariadb",
	"Blender Foundation":             "blender",
})

func foundationTable(lists map[string]string) map[string]string {
	out := map[string]string{}
	for name, list := range lists {
		for _, owner := range strings.Fields(list) {
			out[owner] = name
		}
	}
	return out
}
