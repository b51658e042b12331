/** For node:test and every other runner: checks as plain functions, scenarios as tests. */
export * from './testing/index.ts'
