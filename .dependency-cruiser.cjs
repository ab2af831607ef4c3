// The layers of docs/flow.md: a folder imports folders above it in this list, never below.
const order = [
  'db',
  'jobs',
  'people',
  'clinics',
  'cohorts',
  'campaigns',
  'appointments',
  'release',
  'texts',
  'letters',
  'channels',
  'messages',
  'trust',
  'reports',
  'web',
  'cli',
]
const below = order.map((folder, i) => ({
  name: `${folder}-imports-only-above`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: `^src/(${order.slice(i + 1).join('|') || 'nothing'})/` },
}))
module.exports = {
  forbidden: [
    ...below,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'composition-root-sees-all-and-is-seen-by-few',
      severity: 'error',
      from: { path: `^src/(${order.slice(0, 14).join('|')})/` },
      to: { path: '^src/(app|worker|main)\\.ts$' },
    },
    {
      name: 'web-and-cli-do-not-import-each-other',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^src/web/(?!server\\.ts$)' },
    },
    {
      name: 'channels-and-letters-know-no-domain-store',
      severity: 'error',
      from: { path: '^src/(channels|letters)/' },
      to: { path: '^src/(people|clinics|cohorts|campaigns|appointments|release|db)/' },
    },
    {
      name: 'express-only-in-web',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(web/|channels/local/)' },
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
