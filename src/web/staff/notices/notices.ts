import express, { type Request, type Response, type Router } from 'express'
import type { App } from '../../../app.ts'
import {
  approveCampaign,
  cancelCampaign,
  pauseCampaign,
  resumeCampaign,
  startCampaign,
} from '../../../campaigns/actions.ts'
import { Refused } from '../../../errors.ts'
import { timeOf } from '../../../reports/extract.ts'
import { campaignStatus } from '../../../reports/status.ts'
import { pauseWord, word } from '../../../reports/words.ts'
import { languageWord } from '../../../texts/language-word.ts'
import { loadTexts, type Texts } from '../../../texts/texts.ts'
import {
  heightenedHistory,
  heightenedNow,
  liftHeightened,
  setHeightened,
} from '../../../notices/heightened.ts'
import { createNotice, liftNotice } from '../../../notices/notice.ts'
import { noticeAudience } from '../../../notices/audience.ts'
import { noticeNamed, notices } from '../../../notices/store.ts'
import { page } from '../../view/page.ts'
import { regionOf } from '../../region.ts'
import { actionsFor, groupsOf, kindWord, pagesOnly, textsOf, type Verb } from './view.ts'

const languages = ['sv', 'sv-simple', 'en', 'ar']
const channels = ['sms', 'email', 'letter']
/** The form for a new warning: its fields with one value, and what is in it at first. */
const texted = [
  'name',
  'audience',
  'perHousehold',
  'public',
  'callsPer100',
  'signerName',
  'signerRole',
  'by',
]
const untouched = { audience: '65+', channels, languages, public: 'ja', callsPer100: '5' }
const field = (body: unknown, name: string): string =>
  String(([] as unknown[]).concat((body as Record<string, unknown> | undefined)?.[name] ?? '')[0])
const fields = (body: unknown, name: string): string[] =>
  ([] as unknown[]).concat((body as Record<string, unknown> | undefined)?.[name] ?? []).map(String)

/** What the page says of a refusal: in Swedish, then each field that is wrong. */
const whyNot = (refused: Refused | undefined) => ({
  fault: refused?.swedish ?? '',
  faults: refused?.details['faultsInSwedish'] ?? refused?.details['faults'] ?? [],
})

/** What the list of notices shows. @param typed the form for a new one, as it was sent or begins */
async function listValues({ pool, config }: App, refused: Refused | undefined, typed: unknown) {
  const now = await heightenedNow(pool)
  return {
    ...regionOf(config),
    title: 'Varningar, rättelser och information – Kallelse',
    ...whyNot(refused),
    heightened: now ? { since: timeOf(now.setAt), by: now.setBy, why: now.why } : null,
    history: (await heightenedHistory(pool))
      .filter((h) => h.liftedAt)
      .map((h) => ({
        since: timeOf(h.setAt),
        until: timeOf(h.liftedAt!),
        why: h.why,
        by: h.setBy,
        liftedBy: h.liftedBy,
      })),
    notices: (await notices(pool)).map((n) => ({
      name: n.name,
      kind: kindWord(n),
      corrects: n.corrects ?? '',
      state: n.state,
      stateWord: word('campaign', n.state),
      public: publicWord(n),
      people: n.people,
    })),
    ...formValues(typed),
  }
}

const publicWord = (notice: {
  isPublic: boolean
  publishedAt: Date | null
  liftedAt: Date | null
}): string => {
  if (notice.liftedAt) return 'borttagen'
  if (notice.publishedAt) return 'ja'
  return notice.isPublic ? 'när den skickas' : 'nej'
}

const formValues = (typed: unknown) => ({
  channels: channels.map((value) => ({
    value,
    word: word('channel', value),
    checked: fields(typed, 'channels').includes(value),
  })),
  languages: languages.map((value) => ({
    value,
    word: languageWord(value),
    checked: fields(typed, 'languages').includes(value),
  })),
  typed: Object.fromEntries(texted.map((name) => [name, field(typed, name)])),
})

/** What the page of one notice shows. */
async function noticeValues(app: App, texts: Texts, name: string, refused: Refused | undefined) {
  const { pool, config } = app
  const notice = await noticeNamed(pool, name)
  const audience = await noticeAudience({ ...app, phoneCapacity: config.PHONE_CAPACITY }, name)
  const status = await campaignStatus(pool, name)
  return {
    ...regionOf(config),
    title: `${name} – Kallelse`,
    ...whyNot(refused),
    name,
    kind: kindWord(notice),
    corrects: notice.corrects ?? '',
    state: notice.state,
    stateWord: word('campaign', notice.state),
    approvals: status.approvals.join(' och '),
    pausedWhy: status.pausedWhy ? pauseWord(status.pausedWhy) : '',
    link: notice.publishedAt ? `/meddelanden/sv/${name}` : '',
    pagesOnly: pagesOnly(notice),
    people: audience.people,
    told: audience.told,
    perDay: audience.perDay,
    groups: groupsOf(audience),
    counts: audience.counts ?? null,
    messages: status.messages.map((m) => ({
      channel: word('channel', m.channel),
      state: word('message', m.state),
      number: m.number,
    })),
    actions: actionsFor(notice),
    texts: textsOf(texts, notice, config),
  }
}

/** A warning as the form says it. */
const orderOf = (body: unknown) => ({
  name: field(body, 'name'),
  audience: field(body, 'audience').replace(/^alla$/, 'all'),
  channels: fields(body, 'channels'),
  languages: fields(body, 'languages'),
  perHousehold: field(body, 'perHousehold') === 'ja',
  public: field(body, 'public') === 'ja',
  callsPer100: Number(field(body, 'callsPer100')),
  signer: { name: field(body, 'signerName'), role: field(body, 'signerRole') },
})

const answerWith = (response: Response, html: string, refused: Refused | undefined) =>
  void response
    .status(refused ? 422 : 200)
    .set('Cache-Control', 'no-store')
    .type('html')
    .send(html)

/** Does the work; what is refused is told on the page. */
async function refusedOr(
  work: () => Promise<void>,
  tell: (refused: Refused) => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    await tell(error)
  }
}

/** What a button on a notice's page does. */
const actsOf = (
  app: App,
): Record<Verb, (name: string, by: string, why: string) => Promise<unknown>> => ({
  approve: (name, by) => approveCampaign(app, name, by),
  send: async (name, by) => startCampaign({ ...app, jobs: await app.jobs() }, name, by),
  pause: (name, by, why) => pauseCampaign(app, name, by, why),
  resume: async (name, by) => resumeCampaign({ ...app, jobs: await app.jobs() }, name, by),
  cancel: (name, by) => cancelCampaign(app, name, by),
  lift: (name, by) => liftNotice(app, name, by),
})

/**
 * The staff's pages at /admin/meddelanden: warn of fraud, approve, send, follow; heightened fraud on and off. No
 * script.
 */
export function noticeAdmin(app: App): Router {
  const listPage = page('staff/notices/list.hbs')
  const onePage = page('staff/notices/notice.hbs')
  const texts = loadTexts()
  const acts = actsOf(app)
  const router = express.Router()
  const showList = async (response: Response, refused?: Refused, typed: unknown = untouched) =>
    answerWith(response, listPage(await listValues(app, refused, typed)), refused)
  const showOne = async (response: Response, name: string, refused?: Refused) =>
    answerWith(response, onePage(await noticeValues(app, await texts, name, refused)), refused)

  router.get('/', async (_request, response) => showList(response))
  router.post('/', async ({ body }: Request, response) =>
    refusedOr(
      async () => {
        const { name } = await createNotice(app, orderOf(body), field(body, 'by'))
        response.redirect(303, `/admin/meddelanden/${name}`)
      },
      (refused) => showList(response, refused, body),
    ),
  )
  router.post('/lage', async ({ body }: Request, response) =>
    refusedOr(
      async () => {
        if (field(body, 'lage') === 'pa')
          await setHeightened(app, field(body, 'by'), field(body, 'why'))
        else await liftHeightened(app, field(body, 'by'))
        response.redirect(303, '/admin/meddelanden')
      },
      (refused) => showList(response, refused),
    ),
  )

  router.get('/:name', async ({ params }: Request<{ name: string }>, response) =>
    showOne(response, params.name),
  )
  router.post(
    '/:name/:verb',
    async ({ params: { name, verb }, body }: Request<{ name: string; verb: string }>, response) =>
      refusedOr(
        async () => {
          if (!Object.hasOwn(acts, verb))
            throw new Refused('unknown-action', `A notice has no action ${verb}.`)
          await noticeNamed(app.pool, name)
          if (field(body, 'by').trim().length < 2) throw new Refused('no-name', 'Say who does it.')
          await acts[verb as Verb](name, field(body, 'by'), field(body, 'why'))
          response.redirect(303, `/admin/meddelanden/${name}`)
        },
        (refused) => showOne(response, name, refused),
      ),
  )
  return router
}
