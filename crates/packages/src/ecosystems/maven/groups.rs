//! Groups of artifacts whose archives do not state them: those that Ant, Gradle and Ivy built.
//!
//! Owns a table of facts from the public repository. An artifact's name alone proves nothing, so each row also names a
//! folder of its classes, and counts only for archives that have it.

/// One row.
#[derive(Debug)]
pub(super) struct Known {
    /// File name without version; with `*` at its end what it begins with.
    file: &'static str,
    group: &'static str,
    /// Artifact, where it differs from the file name.
    artifact: &'static str,
    /// Folder of its classes.
    folder: &'static str,
    /// First and last versions under this group, by their first three numbers: projects move.
    versions: (Number, Number),
}

/// The first three numbers of a version.
type Number = (u32, u32, u32);

const ALL: (Number, Number) = ((0, 0, 0), (u32::MAX, u32::MAX, u32::MAX));

impl Known {
    /// The artifact of a file of this name.
    pub fn artifact<'n>(&self, file: &'n str) -> &'n str
    where
        Self: 'static,
    {
        if self.artifact.is_empty() { file } else { self.artifact }
    }

    /// Its group.
    pub fn group(&self) -> &'static str {
        self.group
    }

    /// Whether this version was published under this group; one that is not known may have been.
    pub fn is_of(&self, version: &str) -> bool {
        let mut numbers = version.split(|any: char| !any.is_ascii_digit()).map(|number| number.parse().unwrap_or(0));
        let mut next = || numbers.next().unwrap_or(0);
        let number = (next(), next(), next());
        version.is_empty() || (self.versions.0..=self.versions.1).contains(&number)
    }

    /// Whether an entry of the archive is in the folder of its classes.
    pub fn has(&self, entry: &str) -> bool {
        entry.strip_prefix(self.folder).is_some_and(|rest| rest.starts_with('/'))
    }
}

const fn row(file: &'static str, group: &'static str, folder: &'static str) -> Known {
    Known { file, group, artifact: "", folder, versions: ALL }
}

const fn renamed(file: &'static str, group: &'static str, artifact: &'static str, folder: &'static str) -> Known {
    Known { file, group, artifact, folder, versions: ALL }
}

const fn since(number: Number, row: Known) -> Known {
    Known { versions: (number, row.versions.1), ..row }
}

const fn until(number: Number, row: Known) -> Known {
    Known { versions: (row.versions.0, number), ..row }
}

/// The rows that may be meant by a file name without version, the most specific first.
pub(super) fn known(file: &str) -> impl Iterator<Item = &'static Known> {
    let matches = |row: &&Known| match row.file.strip_suffix('*') {
        Some(start) => file.starts_with(start),
        None => row.file == file,
    };
    let mut rows: Vec<&'static Known> = KNOWN.iter().filter(matches).collect();
    rows.sort_by_key(|row| (row.file.ends_with('*'), std::cmp::Reverse(row.file.len())));
    rows.into_iter()
}

const KNOWN: &[Known] = &[
    row("activation", "javax.activation", "javax/activation"),
    row("annogen", "annogen", "org/codehaus/annogen"),
    row("antlr", "antlr", "antlr"),
    row("aopalliance", "aopalliance", "org/aopalliance"),
    row("ant", "org.apache.ant", "org/apache/tools/ant"),
    row("ant-*", "org.apache.ant", "org/apache/tools/ant"),
    row("apacheds-*", "org.apache.directory.server", "org/apache/directory/server"),
    row("api-asn1-*", "org.apache.directory.api", "org/apache/directory/api/asn1"),
    row("api-util", "org.apache.directory.api", "org/apache/directory/api/util"),
    until((3, u32::MAX, u32::MAX), row("asm", "asm", "org/objectweb/asm")),
    since((4, 0, 0), row("asm", "org.ow2.asm", "org/objectweb/asm")),
    until((3, u32::MAX, u32::MAX), row("asm-*", "asm", "org/objectweb/asm")),
    since((4, 0, 0), row("asm-*", "org.ow2.asm", "org/objectweb/asm")),
    row("aspectjrt", "org.aspectj", "org/aspectj/lang"),
    row("aspectjweaver", "org.aspectj", "org/aspectj/weaver"),
    row("axis", "axis", "org/apache/axis"),
    row("batik-*", "org.apache.xmlgraphics", "org/apache/batik"),
    row("bc-fips", "org.bouncycastle", "org/bouncycastle"),
    row("bcmail-*", "org.bouncycastle", "org/bouncycastle"),
    row("bcpg-*", "org.bouncycastle", "org/bouncycastle"),
    row("bcpkix-*", "org.bouncycastle", "org/bouncycastle"),
    row("bcprov-*", "org.bouncycastle", "org/bouncycastle"),
    row("bctls-*", "org.bouncycastle", "org/bouncycastle"),
    row("bcutil-*", "org.bouncycastle", "org/bouncycastle"),
    row("bsh", "org.beanshell", "bsh"),
    row("backport-util-concurrent", "backport-util-concurrent", "edu/emory/mathcs/backport"),
    row("byte-buddy", "net.bytebuddy", "net/bytebuddy"),
    row("byte-buddy-agent", "net.bytebuddy", "net/bytebuddy/agent"),
    row("cglib", "cglib", "net/sf/cglib"),
    until((0, 9, 1), row("c3p0", "c3p0", "com/mchange/v2/c3p0")),
    since((0, 9, 2), row("c3p0", "com.mchange", "com/mchange/v2/c3p0")),
    row("checker-compat-qual", "org.checkerframework", "org/checkerframework"),
    row("checker-qual", "org.checkerframework", "org/checkerframework"),
    row("chill-java", "com.twitter", "com/twitter/chill"),
    row("classworlds", "classworlds", "org/codehaus/classworlds"),
    row("commons-beanutils", "commons-beanutils", "org/apache/commons/beanutils"),
    row("commons-beanutils-core", "commons-beanutils", "org/apache/commons/beanutils"),
    row("commons-cli", "commons-cli", "org/apache/commons/cli"),
    row("commons-codec", "commons-codec", "org/apache/commons/codec"),
    row("commons-collections", "commons-collections", "org/apache/commons/collections"),
    row("commons-collections4", "org.apache.commons", "org/apache/commons/collections4"),
    row("commons-compress", "org.apache.commons", "org/apache/commons/compress"),
    row("commons-configuration", "commons-configuration", "org/apache/commons/configuration"),
    row("commons-configuration2", "org.apache.commons", "org/apache/commons/configuration2"),
    row("commons-dbcp", "commons-dbcp", "org/apache/commons/dbcp"),
    row("commons-digester", "commons-digester", "org/apache/commons/digester"),
    row("commons-discovery", "commons-discovery", "org/apache/commons/discovery"),
    row("commons-email", "org.apache.commons", "org/apache/commons/mail"),
    row("commons-fileupload", "commons-fileupload", "org/apache/commons/fileupload"),
    row("commons-httpclient", "commons-httpclient", "org/apache/commons/httpclient"),
    row("commons-io", "commons-io", "org/apache/commons/io"),
    row("commons-jxpath", "commons-jxpath", "org/apache/commons/jxpath"),
    row("commons-lang", "commons-lang", "org/apache/commons/lang"),
    row("commons-lang3", "org.apache.commons", "org/apache/commons/lang3"),
    row("commons-logging", "commons-logging", "org/apache/commons/logging"),
    row("commons-logging-api", "commons-logging", "org/apache/commons/logging"),
    row("commons-net", "commons-net", "org/apache/commons/net"),
    row("commons-pool", "commons-pool", "org/apache/commons/pool"),
    row("commons-text", "org.apache.commons", "org/apache/commons/text"),
    row("commons-validator", "commons-validator", "org/apache/commons/validator"),
    row("concurrent", "concurrent", "EDU/oswego/cs/dl"),
    row("derby", "org.apache.derby", "org/apache/derby"),
    row("derbyclient", "org.apache.derby", "org/apache/derby/client"),
    row("dnsjava", "dnsjava", "org/xbill/DNS"),
    until((1, u32::MAX, u32::MAX), row("dom4j", "dom4j", "org/dom4j")),
    since((2, 0, 0), row("dom4j", "org.dom4j", "org/dom4j")),
    row("ehcache-core", "net.sf.ehcache", "net/sf/ehcache"),
    row("elasticsearch", "org.elasticsearch", "org/elasticsearch"),
    row("esapi", "org.owasp.esapi", "org/owasp/esapi"),
    row("ezmorph", "net.sf.ezmorph", "net/sf/ezmorph"),
    until((2, 3, 8), row("freemarker", "freemarker", "freemarker")),
    since((2, 3, 9), row("freemarker", "org.freemarker", "freemarker")),
    until((3, u32::MAX, u32::MAX), row("groovy", "org.codehaus.groovy", "org/codehaus/groovy")),
    since((4, 0, 0), row("groovy", "org.apache.groovy", "org/codehaus/groovy")),
    row("groovy-all", "org.codehaus.groovy", "org/codehaus/groovy"),
    row("grpc-*", "io.grpc", "io/grpc"),
    row("guice", "com.google.inject", "com/google/inject"),
    row("gson", "com.google.code.gson", "com/google/gson"),
    row("h2", "com.h2database", "org/h2"),
    row("hamcrest-core", "org.hamcrest", "org/hamcrest"),
    row("hazelcast", "com.hazelcast", "com/hazelcast"),
    until((5, u32::MAX, u32::MAX), row("hibernate-core", "org.hibernate", "org/hibernate")),
    since((6, 0, 0), row("hibernate-core", "org.hibernate.orm", "org/hibernate")),
    row("hibernate-entitymanager", "org.hibernate", "org/hibernate/jpa"),
    until((1, u32::MAX, u32::MAX), row("hsqldb", "hsqldb", "org/hsqldb")),
    since((2, 0, 0), row("hsqldb", "org.hsqldb", "org/hsqldb")),
    row("icu4j", "com.ibm.icu", "com/ibm/icu"),
    row("itext", "com.lowagie", "com/lowagie"),
    row("ivy", "org.apache.ivy", "org/apache/ivy"),
    row("jackson-core-asl", "org.codehaus.jackson", "org/codehaus/jackson"),
    row("jackson-jaxrs", "org.codehaus.jackson", "org/codehaus/jackson/jaxrs"),
    row("jackson-mapper-asl", "org.codehaus.jackson", "org/codehaus/jackson/map"),
    row("jackson-module-scala_*", "com.fasterxml.jackson.module", "com/fasterxml/jackson/module/scala"),
    row("jackson-xc", "org.codehaus.jackson", "org/codehaus/jackson/xc"),
    row("jasperreports", "net.sf.jasperreports", "net/sf/jasperreports"),
    until((3, 12, u32::MAX), row("javassist", "javassist", "javassist")),
    since((3, 13, 0), row("javassist", "org.javassist", "javassist")),
    row("java-jwt", "com.auth0", "com/auth0/jwt"),
    row("javax.inject", "javax.inject", "javax/inject"),
    row("jaxb-api", "javax.xml.bind", "javax/xml/bind"),
    row("jaxb-impl", "com.sun.xml.bind", "com/sun/xml/bind"),
    row("jaxen", "jaxen", "org/jaxen"),
    since((1, 1, 0), row("jdom", "org.jdom", "org/jdom")),
    row("jdom2", "org.jdom", "org/jdom2"),
    row("jettison", "org.codehaus.jettison", "org/codehaus/jettison"),
    since((3, 0, 0), row("jgroups", "org.jgroups", "org/jgroups")),
    row("jline", "jline", "jline"),
    since((3, 2, 0), row("jna", "net.java.dev.jna", "com/sun/jna")),
    row("jna-platform", "net.java.dev.jna", "com/sun/jna/platform"),
    row("joda-time", "joda-time", "org/joda/time"),
    row("jsch", "com.jcraft", "com/jcraft/jsch"),
    row("json-lib", "net.sf.json-lib", "net/sf/json"),
    row("jsr305", "com.google.code.findbugs", "javax/annotation"),
    row("jsr250-api", "javax.annotation", "javax/annotation"),
    row("jstl", "javax.servlet", "javax/servlet/jsp/jstl"),
    row("jta", "javax.transaction", "javax/transaction"),
    row("junit", "junit", "junit"),
    row("junit-jupiter-*", "org.junit.jupiter", "org/junit/jupiter"),
    row("junit-platform-*", "org.junit.platform", "org/junit/platform"),
    row("jython", "org.python", "org/python"),
    row("jython-standalone", "org.python", "org/python"),
    row("jzlib", "com.jcraft", "com/jcraft/jzlib"),
    row("kafka-*", "org.apache.kafka", "org/apache/kafka"),
    row("kafka_*", "org.apache.kafka", "kafka"),
    row("kotlin-*", "org.jetbrains.kotlin", "kotlin"),
    row("ktor-*", "io.ktor", "io/ktor"),
    row("ldapsdk", "ldapsdk", "netscape/ldap"),
    row("libthrift", "org.apache.thrift", "org/apache/thrift"),
    row("log4j", "log4j", "org/apache/log4j"),
    row("log4j-api", "org.apache.logging.log4j", "org/apache/logging/log4j"),
    row("log4j-core", "org.apache.logging.log4j", "org/apache/logging/log4j/core"),
    row("lucene-*", "org.apache.lucene", "org/apache/lucene"),
    until((1, 3, u32::MAX), row("lz4-java", "net.jpountz.lz4", "net/jpountz/lz4")),
    since((1, 4, 0), row("lz4-java", "org.lz4", "net/jpountz/lz4")),
    row("mail", "javax.mail", "javax/mail"),
    row("mariadb-java-client", "org.mariadb.jdbc", "org/mariadb/jdbc"),
    row("micrometer-*", "io.micrometer", "io/micrometer"),
    row("mockito-*", "org.mockito", "org/mockito"),
    row("mssql-jdbc", "com.microsoft.sqlserver", "com/microsoft/sqlserver"),
    row("mysql-connector-j", "com.mysql", "com/mysql"),
    row("mysql-connector-java", "mysql", "com/mysql"),
    row("nekohtml", "net.sourceforge.nekohtml", "org/cyberneko/html"),
    until((3, 2, u32::MAX), row("netty", "org.jboss.netty", "org/jboss/netty")),
    since((3, 3, 0), row("netty", "io.netty", "org/jboss/netty")),
    row("objenesis", "org.objenesis", "org/objenesis"),
    row("okhttp", "com.squareup.okhttp3", "okhttp3"),
    row("okio", "com.squareup.okio", "okio"),
    row("opensearch", "org.opensearch", "org/opensearch"),
    row("oro", "oro", "org/apache/oro"),
    row("poi", "org.apache.poi", "org/apache/poi"),
    row("poi-*", "org.apache.poi", "org/apache/poi"),
    row("poi-ooxml-schemas", "org.apache.poi", "org/openxmlformats/schemas"),
    row("postgresql", "org.postgresql", "org/postgresql"),
    until((1, 6, u32::MAX), row("quartz", "opensymphony", "org/quartz")),
    since((1, 8, 0), row("quartz", "org.quartz-scheduler", "org/quartz")),
    row("reactive-streams", "org.reactivestreams", "org/reactivestreams"),
    row("reactor-core", "io.projectreactor", "reactor/core"),
    row("reactor-netty", "io.projectreactor.netty", "reactor/netty"),
    row("reactor-netty-*", "io.projectreactor.netty", "reactor/netty"),
    row("rhino", "org.mozilla", "org/mozilla/javascript"),
    row("js", "rhino", "org/mozilla/javascript"),
    row("rxjava", "io.reactivex.rxjava3", "io/reactivex/rxjava3"),
    row("rxjava", "io.reactivex.rxjava2", "io/reactivex"),
    row("scala-compiler", "org.scala-lang", "scala/tools/nsc"),
    row("scala-library", "org.scala-lang", "scala"),
    row("scala-reflect", "org.scala-lang", "scala/reflect"),
    row("scala-xml_*", "org.scala-lang.modules", "scala/xml"),
    row("scala-parser-combinators_*", "org.scala-lang.modules", "scala/util/parsing"),
    until((2, 5, u32::MAX), since((2, 0, 0), row("servlet-api", "javax.servlet", "javax/servlet"))),
    row("sitemesh", "opensymphony", "com/opensymphony/sitemesh"),
    row("snappy-java", "org.xerial.snappy", "org/xerial/snappy"),
    row("solr-*", "org.apache.solr", "org/apache/solr"),
    row("spring", "org.springframework", "org/springframework"),
    row("spring-*", "org.springframework", "org/springframework"),
    row("spring-amqp", "org.springframework.amqp", "org/springframework/amqp"),
    row("spring-batch-*", "org.springframework.batch", "org/springframework/batch"),
    row("spring-boot", "org.springframework.boot", "org/springframework/boot"),
    row("spring-boot-*", "org.springframework.boot", "org/springframework/boot"),
    row("spring-cloud-*", "org.springframework.cloud", "org/springframework/cloud"),
    row("spring-data-*", "org.springframework.data", "org/springframework/data"),
    row("spring-hateoas", "org.springframework.hateoas", "org/springframework/hateoas"),
    row("spring-integration-*", "org.springframework.integration", "org/springframework/integration"),
    row("spring-jcl", "org.springframework", "org/apache/commons/logging"),
    row("spring-kafka", "org.springframework.kafka", "org/springframework/kafka"),
    row("spring-ldap-*", "org.springframework.ldap", "org/springframework/ldap"),
    row("spring-plugin-*", "org.springframework.plugin", "org/springframework/plugin"),
    row("spring-rabbit", "org.springframework.amqp", "org/springframework/amqp"),
    row("spring-retry", "org.springframework.retry", "org/springframework/retry"),
    row("spring-security-*", "org.springframework.security", "org/springframework/security"),
    row("spring-session-*", "org.springframework.session", "org/springframework/session"),
    row("spring-webflow", "org.springframework.webflow", "org/springframework/webflow"),
    row("spring-ws-*", "org.springframework.ws", "org/springframework/ws"),
    row("sqlite-jdbc", "org.xerial", "org/sqlite"),
    row("standard", "taglibs", "org/apache/taglibs/standard"),
    row("stax", "stax", "com/bea/xml/stream"),
    row("stax2-api", "org.codehaus.woodstox", "org/codehaus/stax2"),
    row("struts", "struts", "org/apache/struts"),
    row("struts2-core", "org.apache.struts", "org/apache/struts2"),
    row("testng", "org.testng", "org/testng"),
    renamed("annotations-api", "org.apache.tomcat", "tomcat-annotations-api", "javax/annotation"),
    renamed("catalina", "org.apache.tomcat", "tomcat-catalina", "org/apache/catalina"),
    renamed("catalina-ant", "org.apache.tomcat", "tomcat-catalina-ant", "org/apache/catalina/ant"),
    renamed("catalina-ha", "org.apache.tomcat", "tomcat-catalina-ha", "org/apache/catalina/ha"),
    renamed("catalina-tribes", "org.apache.tomcat", "tomcat-tribes", "org/apache/catalina/tribes"),
    renamed("jasper", "org.apache.tomcat", "tomcat-jasper", "org/apache/jasper"),
    renamed("jasper-el", "org.apache.tomcat", "tomcat-jasper-el", "org/apache/el"),
    row("tomcat-*", "org.apache.tomcat", "org/apache"),
    row("tomcat-embed-*", "org.apache.tomcat.embed", "org/apache"),
    since((1, 5, 0), row("velocity", "org.apache.velocity", "org/apache/velocity")),
    row("woodstox-core-asl", "org.codehaus.woodstox", "com/ctc/wstx"),
    row("wsdl4j", "wsdl4j", "javax/wsdl"),
    row("wstx-asl", "org.codehaus.woodstox", "com/ctc/wstx"),
    row("xalan", "xalan", "org/apache/xalan"),
    row("xercesImpl", "xerces", "org/apache/xerces"),
    row("xml-apis", "xml-apis", "org/w3c/dom"),
    row("xmlbeans", "org.apache.xmlbeans", "org/apache/xmlbeans"),
    row("xmlenc", "xmlenc", "org/znerd/xmlenc"),
    row("xmlpull", "xmlpull", "org/xmlpull"),
    since((1, 4, 0), row("xmlsec", "org.apache.santuario", "org/apache/xml/security")),
    row("xom", "xom", "nu/xom"),
    row("xpp3", "xpp3", "org/xmlpull"),
    row("xpp3_min", "xpp3", "org/xmlpull"),
    since((1, 2, 0), row("xstream", "com.thoughtworks.xstream", "com/thoughtworks/xstream")),
    row("xwork", "com.opensymphony", "com/opensymphony/xwork2"),
    row("xwork-core", "org.apache.struts.xwork", "com/opensymphony/xwork2"),
    row("xz", "org.tukaani", "org/tukaani/xz"),
    row("zookeeper", "org.apache.zookeeper", "org/apache/zookeeper"),
    row("zstd-jni", "com.github.luben", "com/github/luben/zstd"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_row_is_first() {
        let first = |file| known(file).next().map(Known::group);
        assert_eq!(first("spring-boot-starter-web"), Some("org.springframework.boot"));
        assert_eq!(first("spring-core"), Some("org.springframework"));
        assert_eq!(first("spring-rabbit"), Some("org.springframework.amqp"));
        assert_eq!(first("my-own-thing"), None);
    }

    #[test]
    fn projects_move_with_their_versions() {
        let group = |version| known("dom4j").find(|row| row.is_of(version)).map(Known::group);
        assert_eq!((group("1.6.1"), group("2.1.3")), (Some("dom4j"), Some("org.dom4j")));
        let group = |version| known("lz4-java").find(|row| row.is_of(version)).map(Known::group);
        assert_eq!((group("1.3.0"), group("1.4.0")), (Some("net.jpountz.lz4"), Some("org.lz4")));
        // Tomcat's own is another one.
        assert!(!known("servlet-api").any(|row| row.is_of("4.0.FR")));
    }

    #[test]
    fn a_row_counts_by_whole_folders() {
        let row = known("commons-lang").next().unwrap();
        assert!(row.has("org/apache/commons/lang/StringUtils.class"));
        assert!(!row.has("org/apache/commons/lang3/StringUtils.class"));
        assert_eq!(known("catalina").next().unwrap().artifact("catalina"), "tomcat-catalina");
    }
}
