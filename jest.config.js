// Node strips the types itself (test/support/strip-types.js), so tests run the very files that production runs.
const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/strip-types.js' },
}
const withDatabase = [
  '<rootDir>/test/**/*.db.test.ts',
  '<rootDir>/test/journeys/**/*.test.ts',
  '<rootDir>/test/faults/**/*.test.ts',
]

export default {
  testTimeout: 60_000,
  maxWorkers: '100%', // by default one core is left idle, which on two is half
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: [
        '\\.db\\.test\\.ts$',
        '\\.property\\.test\\.ts$',
        '\\.integration\\.test\\.ts$',
        '/test/journeys/',
        '/test/faults/',
      ],
    },
    { ...common, displayName: 'property', testMatch: ['<rootDir>/test/**/*.property.test.ts'] }, // long random play: not among the fast ones
    // with a real browser, a server of the real protocol, or whole documents drawn and looked at: seconds each
    {
      ...common,
      displayName: 'integration',
      testMatch: ['<rootDir>/test/**/*.integration.test.ts'],
    },
    {
      ...common,
      displayName: 'database',
      testMatch: withDatabase,
      globalSetup: '<rootDir>/test/support/start-database.ts',
      globalTeardown: '<rootDir>/test/support/stop-database.ts',
    },
  ],
}
