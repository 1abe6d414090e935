package upstream

import "strings"

// mavenGroup gives the repository of a Maven artifact, only where a group is
// known to belong to one project or to name it.
func mavenGroup(group, artifact string) (Repository, Confidence, string) {
	for g := group; g != ""; g = parentGroup(g) {
		to, ok := mavenGroups[g]
		if !ok {
			continue
		}
		if strings.Contains(to, "*") {
			if g != group {
				continue
			}
			to = strings.Replace(to, "*", artifact, 1)
		}
		return Repository{Name: to}, High, "known Maven group " + g
	}
	// Sonatype gives io.github.OWNER and com.github.OWNER to the owner of the
	// account (central.sonatype.org/register/namespace), which leaves the name of
	// the repository open; JitPack builds com.github.OWNER:REPOSITORY.
	for _, prefix := range []string{"com.github.", "io.github.", "com.gitlab.", "io.gitlab."} {
		owner, ok := strings.CutPrefix(group, prefix)
		if !ok || owner == "" || strings.Contains(owner, ".") {
			continue
		}
		host := "github.com"
		if strings.Contains(prefix, "gitlab") {
			host = "gitlab.com"
		}
		repo, ok := onHost(host, owner+"/"+artifact)
		return repo, sure(ok, Low), "Maven group names the owner; that the repository is named as the artifact is a guess"
	}
	return Repository{}, None, ""
}

func parentGroup(g string) string {
	i := strings.LastIndexByte(g, '.')
	if i < 0 {
		return ""
	}
	return g[:i]
}

// mavenGroups are groups that belong to one repository; with * the artifact is
// the repository's name, and the group must be the very same.
var mavenGroups = map[string]string{
	"org.springframework": "github.com/spring-projects/spring-framework", "org.springframework.boot": "github.com/spring-projects/spring-boot",
	"org.springframework.security": "github.com/spring-projects/spring-security", "org.springframework.data": "github.com/spring-projects/*",
	"org.springframework.batch": "github.com/spring-projects/spring-batch", "org.springframework.kafka": "github.com/spring-projects/spring-kafka", "org.springframework.cloud": "github.com/spring-cloud/*",
	"com.fasterxml.jackson.core": "github.com/FasterXML/*", "com.fasterxml.jackson.datatype": "github.com/FasterXML/*", "com.fasterxml.jackson.dataformat": "github.com/FasterXML/*",
	"org.apache.commons": "github.com/apache/*", "org.apache.logging.log4j": "github.com/apache/logging-log4j2", "org.apache.maven": "github.com/apache/maven", "org.apache.maven.plugins": "github.com/apache/*",
	"org.apache.kafka": "github.com/apache/kafka", "org.apache.tomcat": "github.com/apache/tomcat", "org.apache.lucene": "github.com/apache/lucene", "org.apache.spark": "github.com/apache/spark",
	"org.apache.hadoop": "github.com/apache/hadoop", "org.apache.flink": "github.com/apache/flink", "org.apache.zookeeper": "github.com/apache/zookeeper", "org.apache.camel": "github.com/apache/camel",
	"org.apache.curator": "github.com/apache/curator", "org.apache.poi": "github.com/apache/poi", "org.apache.avro": "github.com/apache/avro", "org.apache.thrift": "github.com/apache/thrift",
	"org.apache.groovy": "github.com/apache/groovy", "org.apache.cxf": "github.com/apache/cxf", "org.apache.pdfbox": "github.com/apache/pdfbox", "org.apache.velocity": "github.com/apache/velocity-engine",
	"org.apache.skywalking": "github.com/apache/skywalking", "org.slf4j": "github.com/qos-ch/slf4j", "ch.qos.logback": "github.com/qos-ch/logback", "com.google.guava": "github.com/google/guava",
	"com.google.code.gson": "github.com/google/gson", "com.google.inject": "github.com/google/guice", "com.google.dagger": "github.com/google/dagger", "com.google.protobuf": "github.com/protocolbuffers/protobuf",
	"com.google.errorprone": "github.com/google/error-prone", "com.google.truth": "github.com/google/truth", "com.google.auto.value": "github.com/google/auto", "com.google.auto.service": "github.com/google/auto",
	"io.netty": "github.com/netty/netty", "io.grpc": "github.com/grpc/grpc-java", "io.micrometer": "github.com/micrometer-metrics/micrometer", "io.projectreactor": "github.com/reactor/reactor-core",
	"io.quarkus": "github.com/quarkusio/quarkus", "io.vertx": "github.com/eclipse-vertx/vert.x", "io.fabric8": "github.com/fabric8io/kubernetes-client", "io.swagger.core.v3": "github.com/swagger-api/swagger-core",
	"io.opentelemetry": "github.com/open-telemetry/opentelemetry-java", "io.opentelemetry.instrumentation": "github.com/open-telemetry/opentelemetry-java-instrumentation", "io.prometheus": "github.com/prometheus/client_java",
	"org.junit": "github.com/junit-team/junit-framework", "junit": "github.com/junit-team/junit4", "org.mockito": "github.com/mockito/mockito", "org.assertj": "github.com/assertj/assertj",
	"org.testng": "github.com/testng-team/testng", "org.hamcrest": "github.com/hamcrest/JavaHamcrest", "org.testcontainers": "github.com/testcontainers/testcontainers-java",
	"org.hibernate.orm": "github.com/hibernate/hibernate-orm", "org.hibernate.validator": "github.com/hibernate/hibernate-validator", "org.jetbrains.kotlin": "github.com/JetBrains/kotlin",
	"org.jetbrains.kotlinx": "github.com/Kotlin/*", "org.eclipse.jetty": "github.com/jetty/jetty.project", "org.scala-lang": "github.com/scala/scala", "org.projectlombok": "github.com/projectlombok/lombok",
	"org.mapstruct": "github.com/mapstruct/mapstruct", "org.flywaydb": "github.com/flyway/flyway", "org.liquibase": "github.com/liquibase/liquibase", "org.jooq": "github.com/jOOQ/jOOQ",
	"org.mybatis": "github.com/mybatis/mybatis-3", "org.postgresql": "github.com/pgjdbc/pgjdbc", "com.mysql": "github.com/mysql/mysql-connector-j", "com.h2database": "github.com/h2database/h2database",
	"com.zaxxer": "github.com/brettwooldridge/*", "redis.clients": "github.com/redis/jedis", "org.mongodb": "github.com/mongodb/mongo-java-driver", "org.elasticsearch": "github.com/elastic/elasticsearch",
	"com.squareup.okhttp3": "github.com/square/okhttp", "com.squareup.okio": "github.com/square/okio", "com.squareup.retrofit2": "github.com/square/retrofit", "com.squareup.moshi": "github.com/square/moshi",
	"com.github.ben-manes.caffeine": "github.com/ben-manes/caffeine", "com.github.luben": "github.com/luben/*", "org.bouncycastle": "github.com/bcgit/bc-java", "org.yaml": "bitbucket.org/snakeyaml/snakeyaml",
	"org.ow2.asm": "gitlab.ow2.org/asm/asm", "net.bytebuddy": "github.com/raphw/byte-buddy", "org.javassist": "github.com/jboss-javassist/javassist", "org.codehaus.groovy": "github.com/apache/groovy",
	"net.java.dev.jna": "github.com/java-native-access/jna", "joda-time": "github.com/JodaOrg/joda-time", "commons-io": "github.com/apache/commons-io", "commons-lang": "github.com/apache/commons-lang",
	"commons-codec": "github.com/apache/commons-codec", "commons-collections": "github.com/apache/commons-collections", "commons-logging": "github.com/apache/commons-logging",
	"commons-beanutils": "github.com/apache/commons-beanutils", "commons-fileupload": "github.com/apache/commons-fileupload", "com.netflix.zuul": "github.com/Netflix/zuul", "com.graphql-java": "github.com/graphql-java/*",
}
