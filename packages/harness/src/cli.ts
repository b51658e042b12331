#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { wantsColour } from './commands/colour.ts'
import { exitCodes } from './commands/command.ts'
import { main } from './commands/index.ts'

// The file is src/cli.ts or dist/cli.mjs: the package is one up from both.
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

const interruption = new AbortController()
let isInterrupted = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Twice means now.
    if (isInterrupted) process.exit(exitCodes.interrupted)
    isInterrupted = true
    interruption.abort()
  })
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read has seen enough (`harrow run | head`): as if interrupted, without a stack trace.
  if (error.code === 'EPIPE') process.exit(exitCodes.interrupted)
  // A full disk is no failed scenario, which is what Node's own exit code for an uncaught error would say.
  process.stderr.write(`harrow: ${error.message}\n`)
  process.exit(exitCodes.internal)
})

void main(process.argv.slice(2), version, {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  colour: wantsColour(process.env, process.stdout.isTTY === true),
  env: process.env,
  interrupted: interruption.signal,
}).then((code) => {
  // An interrupted run may have sockets open. Otherwise not process.exit: a pipe may still be taking what was written.
  if (code === exitCodes.interrupted) process.exit(code)
  process.exitCode = code
})
