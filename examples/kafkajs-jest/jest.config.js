module.exports = {
  testEnvironment: 'node',
  globalSetup: './test/start-kafka.js',
  globalTeardown: '@harrow/harness/global-teardown',
}
