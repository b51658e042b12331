import { parentPort } from 'node:worker_threads'
import { type RunTask, runTask } from './run-many.ts'

/** The thread behind `--workers`: tasks in, results out. What a run throws ends the thread, and the command with it. */
parentPort?.on('message', async (task: RunTask) => {
  parentPort?.postMessage(await runTask(task))
})
