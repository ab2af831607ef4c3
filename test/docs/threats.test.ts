import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from '@jest/globals'

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const lines = readFileSync(at('docs/operator/threats.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (Who|What happens|-)/.test(line))

it('each threat names a test that there is', () => {
  expect(lines.length).toBeGreaterThan(15)
  for (const line of lines) {
    const tests = [...line.matchAll(/`([\w/.-]+\.test\.ts)`/g)].map(([, path]) => path!)
    expect([line.slice(0, 60), tests.length > 0]).toEqual([line.slice(0, 60), true])
    expect(tests.filter((path) => !existsSync(at(`test/${path}`)))).toEqual([])
  }
})
