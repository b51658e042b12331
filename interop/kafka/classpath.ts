import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, delimiter, join } from 'node:path'
import { cacheFolder } from '../cache-folder.ts'
import { runCommand } from '../command.ts'
import { Skip } from '../step.ts'
import type { KafkaVersion } from './versions.ts'

/**
 * The jars of one Kafka release (broker, clients, tools), resolved by Maven once and remembered.
 * Throws Skip without Java 17, without Maven, or when no artifact could be had.
 */
export async function kafkaClasspath(version: KafkaVersion): Promise<readonly string[]> {
  await requireJava()
  const folder = cacheFolder('kafka', version)
  const remembered = join(folder, 'classpath.txt')
  if (existsSync(remembered)) {
    const jars = readFileSync(remembered, 'utf8').trim().split(delimiter)
    if (jars.every((jar) => existsSync(jar))) return jars
  }
  writeFileSync(join(folder, 'pom.xml'), pom(version))
  const written = join(folder, 'classpath.new.txt')
  const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath'
  const result = await runCommand('mvn', ['-q', '-B', goal, `-Dmdep.outputFile=${written}`], {
    folder,
    timeoutMs: 240_000,
  })
  if (result === undefined) throw new Skip('no mvn on this machine')
  if (result.exitCode !== 0) {
    const why = result.stdout.split('\n').find((line) => line.includes('ERROR')) ?? 'no reason given'
    throw new Skip(`Maven could not resolve Kafka ${version}: ${why.slice(0, 300)}`)
  }
  renameSync(written, remembered)
  return readFileSync(remembered, 'utf8').trim().split(delimiter)
}

/** The jar whose file name starts with `<artifact>-<digit>`. */
export function jarOf(classpath: readonly string[], artifact: string): string {
  const jar = classpath.find((path) => new RegExp(`^${artifact}-\\d`).test(basename(path)))
  if (jar === undefined) throw new Error(`no jar of ${artifact} on the class path`)
  return jar
}

async function requireJava(): Promise<void> {
  const java = await runCommand('java', ['-version'])
  if (java === undefined) throw new Skip('no java on this machine')
  const major = Number(/version "(\d+)/.exec(java.stderr)?.[1])
  if (!(major >= 17)) throw new Skip(`Java 17 or newer is needed, this is ${java.stderr.split('\n')[0]}`)
}

function pom(version: KafkaVersion): string {
  const dependency = (group: string, artifact: string, of: string, exclusions = '') =>
    `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${of}</version>${exclusions}</dependency>`
  const exclusion = (group: string, artifact: string) =>
    `<exclusion><groupId>${group}</groupId><artifactId>${artifact}</artifactId></exclusion>`
  // The tools would pull in all of Connect with its web server, and a second logger that prints nothing.
  const unwanted = [exclusion('org.apache.kafka', 'connect-runtime'), exclusion('org.slf4j', 'slf4j-reload4j')].join('')
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>harrow</groupId><artifactId>interop</artifactId><version>1</version>
  <dependencies>
    ${dependency('org.apache.kafka', 'kafka_2.13', version)}
    ${dependency('org.apache.kafka', 'kafka-tools', version, `<exclusions>${unwanted}</exclusions>`)}
    ${dependency('org.slf4j', 'slf4j-simple', '1.7.36')}
  </dependencies>
</project>
`
}
