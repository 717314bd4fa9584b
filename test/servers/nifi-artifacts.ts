/**
 * The parts of the NiFi servers that Maven repositories hold: nobody publishes the installation as a whole there.
 * @module
 */

/** Versions this launcher is known to start: the only complete 2.x, and the newest complete 1.x, that can be had. */
export const nifiVersions = ['2.3.0', '1.18.0'] as const
export type NifiVersion = (typeof nifiVersions)[number]

/** An archive that is packed here, under the name that NiFi's own has. */
export interface PackedNar {
  /** e.g. `nifi-standard-nar`; the directory of this name has the jar of the processors, and those packed beside it. */
  readonly id: string
  /** Artifact with the processors, of NiFi's version. */
  readonly processors: string
  /** Class names it offers: only those whose libraries are on board. */
  readonly offers: readonly string[]
}

/** What a server is made of. */
export interface Parts {
  /** Oldest major version of Java it runs on. */
  readonly java: number
  /** Directory → artifacts as `group:artifact:version[:type]`. */
  readonly artifacts: Readonly<Record<string, readonly string[]>>
  /** Directories of the class path. */
  readonly classPath: readonly string[]
  readonly packed: readonly PackedNar[]
}

const nifi = (version: string, names: string, type = 'jar') =>
  names.split(' ').map((name) => `org.apache.nifi:${name}:${version}:${type}`)

const core =
  'nifi-framework-api nifi-server-api nifi-runtime nifi-nar-utils nifi-properties nifi-property-utils nifi-stateless-api'
const framework = 'nifi-framework-nar nifi-server-nar nifi-provenance-repository-nar nifi-standard-services-api-nar'

function logging(slf4j: string, logback: string): string[] {
  const bridges = ['slf4j-api', 'jcl-over-slf4j', 'jul-to-slf4j', 'log4j-over-slf4j'].map(
    (name) => `org.slf4j:${name}:${slf4j}`
  )
  return [...bridges, `ch.qos.logback:logback-classic:${logback}`, `ch.qos.logback:logback-core:${logback}`]
}

const standard = [
  'AttributesToJSON',
  'ControlRate',
  'DebugFlow',
  'DetectDuplicate',
  'DistributeLoad',
  'DuplicateFlowFile',
  'ExecuteStreamCommand',
  'ExtractText',
  'GenerateFlowFile',
  'GetFile',
  'ListFile',
  'LogAttribute',
  'LogMessage',
  'MonitorActivity',
  'Notify',
  'PutFile',
  'ReplaceText',
  'RetryFlowFile',
  'RouteOnAttribute',
  'SplitText',
  'UpdateCounter',
  'Wait'
]

/** Archive every packed one reads its libraries from. */
export const sharedNar = 'nifi-standard-shared-nar'

/** UpdateAttribute reads its rules with these, without which it is invalid, also where it has no rules. */
const bindings = [
  'jakarta.xml.bind:jakarta.xml.bind-api:4.0.2',
  'jakarta.activation:jakarta.activation-api:2.1.3',
  'org.glassfish.jaxb:jaxb-runtime:4.0.5',
  'org.glassfish.jaxb:jaxb-core:4.0.5',
  'org.glassfish.jaxb:txw2:4.0.5',
  'org.eclipse.angus:angus-activation:2.0.2',
  'com.sun.istack:istack-commons-runtime:4.1.2'
]

/** 125 MB. The archives with processors are not published for 2.x: small ones are packed from the jars, which are. */
const two: Parts = {
  java: 21,
  artifacts: {
    lib: [
      'org.apache.nifi:nifi-api:2.0.0',
      ...nifi('2.3.0', `${core} nifi-python-framework-api`),
      ...logging('2.0.17', '1.5.17'),
      ...nifi(
        '2.3.0',
        `nifi-jetty-nar ${framework} ${sharedNar} nifi-proxy-configuration-nar nifi-distributed-cache-services-nar`,
        'nar'
      )
    ],
    'nifi-standard-nar': nifi('2.3.0', 'nifi-standard-processors nifi-utils'),
    'nifi-update-attribute-nar': [
      ...nifi('2.3.0', 'nifi-update-attribute-processor nifi-update-attribute-model nifi-xml-processing nifi-utils'),
      ...bindings
    ]
  },
  classPath: ['lib'],
  packed: [
    {
      id: 'nifi-standard-nar',
      processors: 'nifi-standard-processors',
      offers: standard.map((name) => `org.apache.nifi.processors.standard.${name}`)
    },
    {
      id: 'nifi-update-attribute-nar',
      processors: 'nifi-update-attribute-processor',
      offers: ['org.apache.nifi.processors.attributes.UpdateAttribute']
    }
  ]
}

/**
 * 200 MB. It has all processors of the standard archive and not one controller service, nor UpdateAttribute: neither the
 * archives nor the jars of those are published for 1.18.0. Tests of services need 2.3.0.
 */
const one: Parts = {
  java: 17,
  artifacts: {
    lib: [
      ...nifi('1.18.0', `nifi-api ${core} nifi-stateless-bootstrap`),
      ...logging('1.7.36', '1.2.11'),
      'javax.servlet:javax.servlet-api:3.1.0',
      'org.eclipse.jetty.toolchain:jetty-schemas:3.1',
      ...nifi('1.18.0', `nifi-jetty-bundle ${framework} nifi-standard-nar`, 'nar')
    ],
    'lib/bootstrap': nifi(
      '1.18.0',
      'nifi-properties-loader nifi-property-protection-api nifi-property-protection-loader'
    ),
    'lib/java11': [
      'jakarta.xml.bind:jakarta.xml.bind-api:2.3.3',
      'org.glassfish.jaxb:jaxb-runtime:2.3.5',
      'org.glassfish.jaxb:txw2:2.3.5',
      'com.sun.istack:istack-commons-runtime:3.0.12',
      'javax.annotation:javax.annotation-api:1.3.2',
      'com.sun.activation:jakarta.activation:1.2.2'
    ]
  },
  classPath: ['lib', 'lib/java11', 'lib/bootstrap'],
  packed: []
}

/** What is known of each version. */
export const parts: Readonly<Record<NifiVersion, Parts>> = { '2.3.0': two, '1.18.0': one }

/** A pom that copies the artifacts into their directories below `directory` when it is packaged; nothing they depend on. */
export function pomOf({ artifacts }: Parts): string {
  const items = Object.entries(artifacts).flatMap(([directory, names]) => names.map((name) => itemOf(name, directory)))
  return `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>infometis</groupId><artifactId>nifi-server</artifactId><version>1</version><packaging>pom</packaging>
  <build><plugins><plugin>
    <groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId><version>3.6.1</version>
    <configuration><artifactItems>
${items.join('\n')}
    </artifactItems></configuration>
  </plugin></plugins></build>
</project>
`
}

function itemOf(name: string, directory: string): string {
  const [group, artifact, version, type = 'jar'] = name.split(':')
  const fields = {
    groupId: group,
    artifactId: artifact,
    version,
    type,
    outputDirectory: `\${project.basedir}/${directory}`
  }
  const elements = Object.entries(fields).map(([field, value]) => `<${field}>${value}</${field}>`)
  return `      <artifactItem>${elements.join('')}</artifactItem>`
}
