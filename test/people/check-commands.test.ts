import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Command } from 'commander'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { register as registerCheckAddress } from '../../src/cli/check-address.ts'
import { register as registerCheckId } from '../../src/cli/check-id.ts'
import type { Cli } from '../../src/cli/command.ts'

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'kallelse-check-'))))
afterAll(() => rm(folder, { recursive: true }))

async function check(...args: string[]): Promise<{ answer: unknown; failed: boolean }> {
  const result = { answer: undefined as unknown, failed: false }
  const program = new Command().option('--json').exitOverride()
  const cli = {
    answer: (_command: Command, _text: string, json: unknown) => void (result.answer = json),
    failed: () => void (result.failed = true),
  } as unknown as Cli
  const group = program.command('check')
  registerCheckId(group.command('id'), cli)
  registerCheckAddress(group.command('address'), cli)
  await program.parseAsync(['check', ...args], { from: 'user' })
  return result
}

describe('check id', () => {
  it('answers for each number, and fails when one is not valid', async () => {
    expect(await check('id', '440229-9806', '991981000010')).toEqual({
      failed: false,
      answer: [
        {
          input: '440229-9806',
          kind: 'personnummer',
          valid: true,
          normalized: '194402299806',
          birthDate: '1944-02-29',
          ageUnknown: false,
          error: null,
        },
        {
          input: '991981000010',
          kind: 'reserve-stockholm',
          valid: true,
          normalized: '991981000010',
          birthDate: null,
          ageUnknown: true,
          error: null,
        },
      ],
    })
    expect(await check('id', '440229-9806', 'x')).toMatchObject({
      failed: true,
      answer: [{ valid: true }, { valid: false }],
    })
  })
})

describe('check address', () => {
  it("answers with the lines as printed, and fails when one can't be", async () => {
    expect(await check('address', 'samples/people/addresses.ndjson')).toMatchObject({
      failed: true,
      answer: [
        { lines: ['Åsa Björk', 'c/o Ek', 'Storgatan 5 lgh 1102', '791 31 Falun'], findings: [] },
        { lines: ['Ingrid Moe', 'Karl Johans gate 1', '0154 Oslo', 'NORGE'], findings: [] },
        {
          lines: ['Nils Dahl', 'Byn 12', '7913 Falun'],
          findings: [{ code: 'bad-postcode', severity: 'error' }],
        },
      ],
    })
  })
  it('takes the special address before the registered one, under any of their names', async () => {
    const file = join(folder, 'a.ndjson')
    await writeFile(
      file,
      `${JSON.stringify({ givenName: 'Eva', familyName: 'Ek', gatuadress: 'Byn 1', postnummer: 79131, postort: 'Falun', special: { street: 'Box 7', postcode: '791 30', town: 'Falun' } })}\n`,
    )
    expect(await check('address', file)).toEqual({
      failed: false,
      answer: [{ lines: ['Eva Ek', 'Box 7', '791 30 Falun'], findings: [] }],
    })
  })
  it('refuses what is no NDJSON', async () => {
    await expect(check('address', 'samples/people/people.csv')).rejects.toMatchObject({
      code: 'not-ndjson',
    })
    const file = join(folder, 'b.ndjson')
    await writeFile(file, '{"street":\n')
    await expect(check('address', file)).rejects.toMatchObject({ code: 'bad-json' })
  })
})
