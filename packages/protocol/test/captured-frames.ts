import {
  type Api,
  type ApiName,
  apis,
  decodeRequestBody,
  decodeRequestHeader,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  isCrcValid,
  readRecords,
  splitBatches,
} from '../src/index.ts'
import { nodeCodecs } from '../src/node.ts'
import { hex, toHex } from './hex.ts'

/** What was heard between one client and one broker. `golden/<origin>.json` holds one. */
export interface CapturedFrames {
  /** Who asked, with version. */
  readonly client: string
  /** Who answered, with version. */
  readonly broker: string
  readonly frames: readonly CapturedFrame[]
}

/** One exchange. Frames are hexadecimal, without their length prefix. */
export interface CapturedFrame {
  readonly api: string
  readonly version: number
  readonly request: string
  /** Absent where there was none (acks=0). */
  readonly response?: string
}

/** Decodes both sides, encodes them again, and says what differs from what was captured. Empty: nothing does. */
export function problemsOf(frame: CapturedFrame): string[] {
  const problems: string[] = []
  const check = (side: string, captured: string, recode: () => Uint8Array) => {
    try {
      // Encoders give whole frames, the captured ones lack the four bytes of the length.
      const again = toHex(recode().subarray(4))
      // librdkafka 2.15.1 asks for all topics with an array's null in four bytes instead of one. Read as Kafka reads it, nothing but
      // zeros, the message is over three bytes early; a broker leaves what is behind it alone, and answers.
      if (side === 'request' && captured.startsWith(again)) return
      if (again !== captured) problems.push(`${side} becomes ${firstDifference(captured, again)}`)
    } catch (error) {
      problems.push(`${side}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const api: Api = apis[frame.api as ApiName]
  check('request', frame.request, () => {
    const bytes = hex(frame.request)
    const header = decodeRequestHeader(bytes)
    const body = decodeRequestBody(api, frame.version, bytes, header.bodyOffset)
    for (const records of recordsIn(body)) problems.push(...batchProblems(records, 'whole batches'))
    return encodeRequest(api, frame.version, header, body)
  })
  if (frame.response !== undefined) {
    check('response', frame.response, () => {
      const { correlationId, body } = decodeResponse(api, frame.version, hex(frame.response ?? ''))
      // An answer to Fetch may end in the middle of a batch (KIP-74).
      for (const records of recordsIn(body)) problems.push(...batchProblems(records, 'cut off'))
      return encodeResponse(api, frame.version, correlationId, body)
    })
  }
  return problems.map((problem) => `${frame.api} v${frame.version} ${problem}`)
}

/** Every field named `records` that holds bytes, wherever it is in the message. */
function recordsIn(message: unknown): Uint8Array[] {
  if (message === null || typeof message !== 'object' || message instanceof Uint8Array) return []
  return Object.entries(message).flatMap(([name, value]) =>
    name === 'records' && value instanceof Uint8Array ? [value] : recordsIn(value),
  )
}

function batchProblems(records: Uint8Array, expected: 'whole batches' | 'cut off'): string[] {
  const { batches, trailingBytes } = splitBatches(records)
  const problems =
    trailingBytes > 0 && expected === 'whole batches' ? [`${trailingBytes} bytes behind the last batch`] : []
  for (const batch of batches) {
    if (!isCrcValid(batch)) problems.push('a batch whose checksum we compute differently')
    else if (readRecords(batch, nodeCodecs).length !== batch.recordCount) problems.push('a batch that lost records')
  }
  return problems
}

function firstDifference(captured: string, again: string): string {
  let at = 0
  while (captured[at] === again[at]) at += 1
  const from = Math.max(0, at - 16)
  return `${again.slice(from, at + 24)} from digit ${from} on, captured: ${captured.slice(from, at + 24)}`
}
