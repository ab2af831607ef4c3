import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { Command } from 'commander'
import type { App } from '../../src/app.ts'
import { cancelCampaign, createCampaign } from '../../src/campaigns/actions.ts'
import type { Cli } from '../../src/cli/command.ts'
import { register } from '../../src/cli/texts.ts'
import { openSpec } from '../support/region.ts'
import { appOf, sending, type Sending } from '../support/sending.ts'

let s: Sending
beforeAll(async () => {
  s = await sending()
})
afterAll(() => s.close())

async function said(form: string): Promise<string> {
  let said = ''
  const program = new Command()
  const cli = {
    withApp: (work: (app: App) => unknown) => work(appOf(s)),
    answer: (_: Command, text: string) => void (said = text),
  } as unknown as Cli
  register(program.command('texts'), cli)
  await program.parseAsync(['texts', 'staff', 'open-campaign', '--form', form], { from: 'user' })
  return said
}

it('the voice on the line and the contact card say the same of who may book, and follow the campaign', async () => {
  const forms = ['phone-script', 'contact-card']
  const both = async () => Promise.all(forms.map(said))
  const app = appOf(s)
  const each = (text: string) => [expect.stringContaining(text), expect.stringContaining(text)]
  await createCampaign(app, openSpec(), 'anna')
  expect(await both()).toEqual(
    each('Bokningen har inte öppnat än. Den ska gälla den som är född 1944.'),
  )
  await s.started(openSpec())
  const now = await both()
  expect(now).toEqual(
    each('Den som är född 1944 kan boka nu. Det gäller också den som är utan brev.'),
  )
  expect(now.join()).not.toMatch(/bara|endast|som har fått en kallelse/)
  await cancelCampaign(app, 'open-campaign', 'anna')
  expect(await both()).toEqual(each('Utskicket är avbrutet. Ingen kan boka en ny tid nu.'))
})
