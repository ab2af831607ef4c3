// The layout of docs/architecture.md: a folder imports folders above it in this list, never below.
const order = [
  'db',
  'jobs',
  'people',
  'purposes',
  'clinics',
  'cohorts',
  'goals',
  'ledger',
  'campaigns',
  'release',
  'allocation',
  'reserve',
  'bookings',
  'reissue',
  'visits',
  'texts',
  'letters',
  'documents',
  'channels',
  'messages',
  'notices',
  'verification',
  'evidence',
  'reports',
  'staff',
  'web',
  'cli',
  'demo',
]
const domain = order.slice(0, order.indexOf('web')).join('|')
const below = order.map((folder, i) => ({
  name: `${folder}-imports-only-above`,
  severity: 'error',
  from: { path: `^src/${folder}/`, pathNot: '^src/cli/(demo|serve)\\.ts$' }, // serve goes on with the demo's clock
  to: { path: `^src/(${order.slice(i + 1).join('|') || 'nothing'})/` },
}))

module.exports = {
  forbidden: [
    ...below,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'composition-root-sees-all-and-is-seen-by-few',
      severity: 'error',
      from: { path: `^src/(${domain})/` },
      to: { path: '^src/(app|worker|main)\\.ts$' },
    },
    {
      name: 'web-and-cli-do-not-import-each-other',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^src/web/(?!server\\.ts$)' },
    },
    {
      name: 'channels-letters-and-documents-know-no-domain-store',
      severity: 'error',
      from: { path: '^src/(channels|letters|documents)/' },
      to: {
        path: '^src/(db|people|purposes|clinics|cohorts|ledger|campaigns|release|allocation|reserve|bookings|reissue|visits)/',
      },
    },
    {
      name: 'release-model-is-pure',
      severity: 'error',
      from: { path: '^src/release/model/' },
      to: { path: '^src/(db|jobs)/' },
    },
    {
      name: 'express-only-in-web-and-the-stand-ins',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(web|demo/stand-ins)/' },
      to: { path: 'node_modules/express/' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '^src/main\\.ts$' },
      to: {},
    },
    {
      name: 'production-code-needs-production-dependencies',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
}
