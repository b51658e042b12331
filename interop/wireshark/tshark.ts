import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mustRun, runCommand } from '../command.ts'
import { Skip } from '../step.ts'

/** What the dissector says of one packet; an empty text where it says nothing. */
export interface DissectedPacket {
  /** API keys of the requests that end in this packet. */
  readonly apiKeys: string
  /** In which version it reads the answer. */
  readonly answerVersion: string
  /** Where it found the request to an answer. */
  readonly answers: string
  readonly malformed: string
  /** What is odd about the TCP stream itself. */
  readonly tcp: string
  readonly comment: string
}

const fields = [
  'kafka.api_key',
  'kafka.response.version',
  'kafka.request_frame',
  '_ws.malformed',
  'tcp.analysis.flags',
  'frame.comment',
]

/** @throws Skip if there is none */
export async function tsharkVersion(): Promise<string> {
  const result = await runCommand('tshark', ['--version'])
  if (result === undefined) throw new Skip('tshark is not installed (Debian: apt-get install tshark)')
  return /TShark \(Wireshark\) (\S+)/.exec(result.stdout)?.[1]?.replace(/\.$/, '') ?? 'of an unknown version'
}

/** Every packet of a capture, read as Kafka on these ports. */
export async function dissect(capture: Uint8Array, ports: readonly number[]): Promise<DissectedPacket[]> {
  const folder = await mkdtemp(join(tmpdir(), 'harrow-wireshark-'))
  try {
    const file = join(folder, 'run.pcapng')
    await writeFile(file, capture)
    const decode = ports.flatMap((port) => ['-d', `tcp.port==${port},kafka`])
    const output = ['-T', 'fields', ...fields.flatMap((field) => ['-e', field])]
    const text = await mustRun('tshark', ['-r', file, ...decode, ...output], { timeoutMs: 60_000 })
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [apiKeys = '', answerVersion = '', answers = '', malformed = '', tcp = '', comment = ''] =
          line.split('\t')
        return { apiKeys, answerVersion, answers, malformed, tcp, comment }
      })
  } finally {
    await rm(folder, { recursive: true })
  }
}
