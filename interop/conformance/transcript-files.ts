import { readFileSync, writeFileSync } from 'node:fs'
import type { KafkaVersion } from '../kafka/versions.ts'
import { type Recording, recordingText } from './recording.ts'

function fileOf(version: KafkaVersion): URL {
  return new URL(`../transcripts/kafka-${version}.json`, import.meta.url)
}

/** What a real broker of this release said when it was last asked. */
export function readTranscripts(version: KafkaVersion): Recording {
  return JSON.parse(readFileSync(fileOf(version), 'utf8')) as Recording
}

export function writeTranscripts(version: KafkaVersion, recording: Recording): void {
  writeFileSync(fileOf(version), recordingText(recording))
}
