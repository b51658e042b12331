import { register } from 'tsx/esm/api'

// What start-thread.ts starts from source: a thread does not inherit the loader that reads TypeScript on Node 20.
register()
await import(process.argv[2])
