import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { approveCampaign, createCampaign, startCampaign } from '../../src/campaigns/actions.ts'
import { cancelCampaign, pauseCampaign } from '../../src/campaigns/actions.ts'
import { planCampaign } from '../../src/campaigns/plan.ts'
import { preflightOf } from '../../src/reports/preflight.ts'
import { listen, type Listening } from '../../src/web/server.ts'
import { anyText } from '../support/started.ts'
import { openSpec } from '../support/region.ts'
import { appOf, sending, type Sending } from '../support/sending.ts'
import { openBrowser, wcagFaults } from './support/browser.ts'

// Twelve people, ten of whom there is a fixed time for; the printer takes four letters a day.
let s: Sending
let web: Listening
let browser: Browser
let page: Page
let deps: ReturnType<typeof appOf> & { jobs: Sending['jobs']; textGate: typeof anyText }
beforeAll(async () => {
  s = await sending({ people: 12, places: 2 })
  const app = appOf(s, { PRINT_CAPACITY: 4, VONAGE_PRIVATE_KEY: undefined })
  deps = { ...app, jobs: s.jobs, textGate: anyText } as never
  web = await listen(app)
  browser = await openBrowser()
  page = await (await browser.newContext({ viewport: { width: 360, height: 800 } })).newPage()
  await createCampaign(deps, timed, 'anna')
}, 60_000)
afterAll(async () => {
  await browser.close()
  await web.close()
  await s.close()
})

const timed = openSpec({
  name: 'fasta-tider',
  way: 'timed',
  channels: [
    {
      route: 'post',
      needs: ['address'],
      steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-timed' }],
    },
  ],
})
const open = () => page.goto(`${web.url}/admin/utskick/fasta-tider`)
const main = () => page.textContent('main')

it('says in Swedish, and as the command does, what is known before anything leaves', async () => {
  await open()
  const shown = (await main())!
  expect(shown).toContain('Utskicket kan godkännas.')
  expect(shown).toContain('12 av 12 i målgruppen skulle kallas.')
  expect(shown).toContain('falun: 12 att kalla, 10 lediga tider. Resten väntar på fler tider.')
  expect(shown).toContain(
    'De första kallelserna går ut 8 mars 2021, de sista till dem som det finns tid för troligen 10 mars 2021. ' +
      '2 till får sin när det finns tider.',
  )
  const { findings, figures } = await preflightOf(deps, 'fasta-tider')
  expect(figures).toMatchObject({ lastSendDay: '2021-03-10', waitForTimes: 2 })
  for (const { text, swedish } of findings) {
    expect(shown.replaceAll(/\s+/g, ' ')).toContain(swedish.replaceAll(/\s+/g, ' '))
    expect(swedish).not.toBe(text)
  }
  expect(await wcagFaults(page)).toEqual([])
})

it('shows what stops before all else', async () => {
  await createCampaign(
    deps,
    openSpec({ name: 'med-sms', reminders: [{ before: 'P2D', channel: 'sms' }] }),
    'anna',
  )
  await page.goto(`${web.url}/admin/utskick/med-sms`)
  expect(await main()).toContain('Utskicket kan inte gå ut: en sak stoppar.')
  expect(await page.textContent('[role=alert]')).toContain(
    'Kanalen SMS är inte inställd. Sätt VONAGE_APPLICATION_ID och VONAGE_PRIVATE_KEY, eller ta bort',
  )
  expect(await wcagFaults(page)).toEqual([])
})

it('what the switchboard says changes when the campaign does', async () => {
  const says = async () => {
    await open()
    return [
      await page.textContent('section:has-text("Det växeln säger nu") .said'),
      await page.textContent('section:has-text("Kontaktkortet") .said'),
    ]
  }
  const all = (sentence: string) => {
    const within = expect.stringContaining(sentence) as unknown
    return [within, within]
  }
  expect(await says()).toEqual(
    all('Breven har inte gått ut än. Den som är född 1944 ska få ett brev med dag, tid och plats.'),
  )
  for (const by of ['anna', 'bertil']) await approveCampaign(deps, 'fasta-tider', by)
  const { id } = await startCampaign(deps, 'fasta-tider', 'anna')
  await planCampaign(deps, id)
  expect(await says()).toEqual(all('Den som är utan brev kan ringa och få en ledig tid.'))
  await pauseCampaign(deps, 'fasta-tider', 'anna', 'fel i brevet')
  expect(await says()).toEqual(all('Utskicket är pausat. Tider som redan är sagda i brev gäller.'))
  await cancelCampaign(deps, 'fasta-tider', 'anna')
  expect(await says()).toEqual(all('Utskicket är avbrutet.'))
})
