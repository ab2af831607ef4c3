import { describe, expect, it } from '@jest/globals'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const path = (from: string) => fileURLToPath(new URL(from, import.meta.url))
const recorder = path('../support/loaded-modules.js')
const node = (...args: string[]) => promisify(execFile)(process.execPath, args)

/** The packages and the parts of src (its files and folders) that a command loads. */
async function loadedBy(...command: string[]): Promise<{ src: string[]; packages: string[] }> {
  const { stderr } = await node('--import', recorder, path('../../src/main.ts'), ...command)
  const urls = stderr.split('\n').filter((line) => line.startsWith('file:'))
  const found = (pattern: RegExp) =>
    [...new Set(urls.flatMap((url) => pattern.exec(url)?.[1] ?? []))].sort()
  return {
    src: found(/\/src\/(?!.*node_modules)([^/]+)/),
    packages: found(/\/node_modules\/((?:@[^/]+\/)?[^/]+)\//),
  }
}

describe('the start of a command', () => {
  it('loads nothing but the list of commands for --help', async () => {
    expect(await loadedBy('--help')).toEqual({
      src: ['cli', 'errors.ts', 'main.ts', 'refusals.ts'],
      packages: ['commander'],
    })
  })

  it('loads nothing but the rules for people for check id', async () => {
    expect(await loadedBy('check', 'id', '19121212-1212')).toEqual({
      src: ['cli', 'clock.ts', 'errors.ts', 'main.ts', 'people', 'refusals.ts'],
      packages: ['commander'],
    })
  })
})

describe('the help of a command', () => {
  it('loads neither providers, queue, web server nor plots', async () => {
    const { packages } = await loadedBy('campaign', 'status', '--help')
    const heavy = /^(@vonage|express$|pg-boss$|echarts$|nodemailer$|ssh2|harfbuzzjs$|pdfkit$)/
    expect(packages.filter((name) => heavy.test(name))).toEqual([])
  })
})

describe('the list of commands', () => {
  it('writes each command with the arguments that its file declares', async () => {
    const program = `
      import { Command, Help } from 'commander'
      import { commands, namesOf } from '${new URL('../../src/cli/commands.ts', import.meta.url).href}'
      for (const [usage, , load] of commands) {
        const command = new Command(namesOf(usage).at(-1))
        if (!load) continue
        const { register } = await load()
        register(command, {})
        const declared = [...namesOf(usage).slice(0, -1), new Help().subcommandTerm(command)].join(' ')
        if (declared !== usage) console.log(usage + ' is in its file: ' + declared)
      }`
    const { stdout } = await node('--input-type=module', '--eval', program)
    expect(stdout).toBe('')
  })
})
