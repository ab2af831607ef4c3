import { expect, it } from '@jest/globals'
import { Command } from 'commander'
import { createCampaign } from '../../src/campaigns/actions.ts'
import type { Cli } from '../../src/cli/command.ts'
import { addCommands } from '../../src/cli/commands.ts'
import { openSpec } from '../support/region.ts'
import { appOf, sending } from '../support/sending.ts'

it('release outlook of a draft says that there is no plan, and what to look at instead', async () => {
  const s = await sending()
  try {
    await createCampaign(appOf(s), openSpec(), 'anna')
    const cli: Cli = {
      stop: new AbortController().signal,
      withApp: (work) => work(appOf(s)),
      answer: () => undefined,
      failed: () => undefined,
    }
    const words = ['release', 'outlook', 'open-campaign']
    const program = new Command('kallelse').option('--json').exitOverride()
    await addCommands(program, cli, words)
    await expect(program.parseAsync(words, { from: 'user' })).rejects.toMatchObject({
      code: 'not-planned',
      message:
        'open-campaign is draft: there is no plan yet. What is known before it starts: campaign check open-campaign',
    })
  } finally {
    await s.close()
  }
})
