import { describe, expect, it } from '@jest/globals'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { parseSpec } from '../../src/campaigns/spec.ts'
import { readRule } from '../../src/cohorts/rule.ts'
import { readConfig } from '../../src/config.ts'

const read = (file: string) => readFile(file, 'utf8')
const samples = (await readdir('samples/campaigns')).filter((file) => file.endsWith('.yaml'))

/** Cells of the rows whose first cell is code, as plain text. */
const rowsOf = (text: string): string[][] =>
  [...text.matchAll(/^\| (`.*) \|$/gm)].map((line) =>
    line[1]!.split(/(?<!\\)\|/).map((cell) => cell.trim()),
  )

describe('the campaign files in samples/', () => {
  it.each(samples)('%s is a campaign with a cohort, and its templates exist', async (file) => {
    const spec = parseSpec(parse(await read(`samples/campaigns/${file}`)))
    expect(readRule(spec.cohort.rule)).toEqual({ born: { from: 1942, to: 1946 } })
    for (const { channel, template } of spec.channels.flatMap((line) => line.steps)) {
      for (const language of spec.languages)
        expect(existsSync(`templates/${template}/${language}/${channel}.hbs`)).toBe(true)
    }
  })

  it('belong together: the reissue has the purpose and the name of the one it follows', async () => {
    const [open, reissue] = await Promise.all(
      ['open', 'reissue'].map(async (name) =>
        parseSpec(parse(await read(`samples/campaigns/${name}.yaml`))),
      ),
    )
    expect(reissue!.reissueOf).toEqual({ campaign: open!.name, who: 'no-free-time' })
    expect(reissue!.purpose).toBe(open!.purpose)
  })
})

describe('docs/operator/campaigns.md', () => {
  it('has an example that can be used, with every field but reissueOf', async () => {
    const [example, reissue] = [
      ...(await read('docs/operator/campaigns.md')).matchAll(/```yaml\n(.*?)```/gs),
    ].map((block) => parse(block[1]!) as Record<string, unknown>)
    readRule(parseSpec(example).cohort.rule)
    const both = parseSpec({ ...example, ...reissue })
    expect(Object.keys(both).sort()).toEqual([...Object.keys(example!), 'reissueOf'].sort())
  })

  it('gives the defaults that hold', async () => {
    const spec = parseSpec({
      name: 'n',
      purpose: 'p',
      way: 'open',
      cohort: { name: 'c', rule: {} },
      what: { sv: 'ord' },
      channels: [
        {
          route: 'r',
          needs: ['email'],
          steps: [{ step: 'invitation', channel: 'email', template: 't' }],
        },
      ],
      signer: { name: 'Namn', role: 'roll' },
    })
    const told = rowsOf(await read('docs/operator/campaigns.md')).flatMap(([name, value]) => [
      [/^`(\w+)`$/.exec(name!)?.[1], value!.replaceAll('`', '')] as const,
    ])
    for (const [name, value] of told.filter(
      ([name, value]) => name && !['any', 'none'].includes(value),
    ))
      expect([name, parse(value)]).toEqual([name, spec[name as keyof typeof spec]])
  })
})

describe('docs/operator/configuration.md', () => {
  it('has each variable that is read, and no other, with its default', async () => {
    const known = [...(await read('src/config.ts')).matchAll(/^ {2}([A-Z_]+): /gm)].map(
      (line) => line[1]!,
    )
    const told = rowsOf(await read('docs/operator/configuration.md')).map(([name, value]) => [
      name!.replaceAll('`', ''),
      value!.replaceAll('`', ''),
    ])
    const defaults = readConfig({}) as Record<string, string | number | boolean | undefined>
    expect(Object.fromEntries(told)).toEqual(
      Object.fromEntries(known.map((name) => [name, String(defaults[name] ?? '')])),
    )
    expect(known.length).toBeGreaterThan(20)
  })
})

describe('docs/developer/dependencies.md', () => {
  it('says why each package is there, and names none that is not', async () => {
    const own = JSON.parse(await read('package.json')) as Record<
      'dependencies' | 'devDependencies' | 'optionalDependencies',
      Record<string, string>
    >
    const packages = [own.dependencies, own.devDependencies, own.optionalDependencies].flatMap(
      (list) => Object.keys(list),
    )
    const packageRows = rowsOf(
      (await read('docs/developer/dependencies.md')).split('## Settings')[0]!,
    )
    expect(
      packageRows
        .flatMap(([names]) => [...names!.matchAll(/`([^`]+)`/g)].map((name) => name[1]))
        .sort(),
    ).toEqual(packages.sort())
    for (const [, why] of packageRows) expect(why!.length).toBeGreaterThan(10)
  })

  it('belongs to a package.json that decides on each install script', async () => {
    const lock = JSON.parse(await read('package-lock.json')) as {
      packages: Record<string, { hasInstallScript?: boolean }>
    }
    const withScript = Object.entries(lock.packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.replace(/^.*node_modules\//, ''))
    const { allowScripts } = JSON.parse(await read('package.json')) as {
      allowScripts: Record<string, boolean>
    }
    expect(Object.keys(allowScripts).sort()).toEqual([...new Set(withScript)].sort())
  })
})
