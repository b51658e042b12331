/**
 * `pnpm bench:socket`: how many records of 1 KiB a bare Node socket hands over, 15 to a piece of 16 KiB, with no client around
 * it: what no producer in Node can exceed on one connection. Five pieces wait for their answers, as Kafka's
 * `max.in.flight.requests.per.connection` has it; writer and reader have a core each.
 */
import { connect, createServer } from 'node:net'
import { runForJson, startServer } from './processes.ts'
import { spread } from './rounds.ts'

const recordsPerPiece = 15
const pieceBytes = 16_384 + 61
const headBytes = 120
const answerBytes = 60
const pieces = 60_000
const unansweredMax = 5
const rounds = 5

function read(): void {
  const server = createServer({ noDelay: true }, (socket) => {
    let unread = 0
    socket.on('data', ({ length }) => {
      for (unread += length; unread >= pieceBytes; unread -= pieceBytes) socket.write(Buffer.alloc(answerBytes))
    })
  })
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    if (typeof address === 'object') console.log(JSON.stringify({ bootstrap: `127.0.0.1:${address?.port}` }))
  })
  process.stdin.resume().on('end', () => process.exit())
}

function write(at: string): void {
  const [host = '', port = ''] = at.split(':')
  const head = Buffer.alloc(headBytes)
  const body = Buffer.alloc(pieceBytes - headBytes)
  const socket = connect({ host, port: Number(port), noDelay: true })
  let sent = 0
  let answered = 0
  let unread = 0
  const startMs = performance.now()
  const fill = (): void => {
    for (; sent < pieces && sent - answered < unansweredMax; sent++) {
      socket.cork()
      socket.write(head)
      socket.write(body)
      socket.uncork()
    }
  }
  socket.on('connect', fill)
  socket.on('data', ({ length }) => {
    for (unread += length; unread >= answerBytes; unread -= answerBytes) answered++
    if (answered < pieces) return fill()
    const recordsPerSecond = (pieces * recordsPerPiece) / ((performance.now() - startMs) / 1_000)
    console.log(JSON.stringify({ recordsPerSecond }))
    socket.destroy()
  })
}

async function measure(): Promise<void> {
  const program = [process.execPath, '--import', 'tsx', '--conditions=@harrow/source', import.meta.filename]
  const reader = await startServer({ argv: [...program, 'read'] }, 1)
  const found: number[] = []
  for (let round = 0; round < rounds; round++) {
    const argv = [...program, 'write', reader.bootstrap]
    const { recordsPerSecond } = await runForJson<{ recordsPerSecond: number }>({ argv }, 0, 60_000)
    found.push(recordsPerSecond)
  }
  await reader.stop()
  const { median, min, max } = spread(found)
  const shown = (records: number): string => `${(records / 1e6).toFixed(2)} M`
  console.log(
    `a bare socket, records of 1 KiB a second: ${shown(median)} (${shown(min)}-${shown(max)}), ${rounds} rounds`,
  )
}

const [role, at = ''] = process.argv.slice(2)
if (role === 'read') read()
else if (role === 'write') write(at)
else await measure()
