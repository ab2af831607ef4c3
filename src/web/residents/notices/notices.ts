import { readFileSync } from 'node:fs'
import express, { type Request, type Response, type Router } from 'express'
import Handlebars from 'handlebars'
import type { App } from '../../../app.ts'
import type { Db } from '../../../db/pool.ts'
import { Refused } from '../../../errors.ts'
import { longDate, shownPhone } from '../../../texts/format.ts'
import { textsThatMayLeave } from '../../../texts/may-leave.ts'
import type { Texts } from '../../../texts/texts.ts'
import { heightenedNow } from '../../../notices/heightened.ts'
import { noticePage } from '../../../notices/page.ts'
import { noticeNamed, publishedNotices, type Notice } from '../../../notices/store.ts'
import { HttpProblem } from '../../problem.ts'
import { htmlLanguage } from '../language.ts'
import { atom, jsonFeed, type Feed } from './feeds.ts'
import { blocksHtml } from './html.ts'
import { noticeWords } from './words.ts'

const read = (file: string): string => readFileSync(new URL(`${file}.hbs`, import.meta.url), 'utf8')
const escaped = Handlebars.escapeExpression
const handlebars = Handlebars.create()
// A phone or date in a sentence keeps its own direction.
handlebars.registerHelper('say', (key: string, options: Handlebars.HelperOptions) => {
  const { words, phone, phoneLink } = (
    options.data as { root: { words: Record<string, string>; phone: string; phoneLink: string } }
  ).root
  return new Handlebars.SafeString(
    escaped(words[key] ?? '').replace(
      '{phone}',
      `<a class="phone" href="tel:${escaped(phoneLink)}"><bdi dir="ltr">${escaped(phone)}</bdi></a>`,
    ),
  )
})
handlebars.registerPartial('layout', read('layout'))
const listPage = handlebars.compile<object>(read('list'), {
  strict: true,
  knownHelpers: { say: true },
})
const onePage = handlebars.compile<object>(read('notice'), {
  strict: true,
  knownHelpers: { say: true },
})

/** Only a name that no notice has is "not found": a database that is gone must be seen as a fault, and logged. */
async function noticeOrNone(db: Db, name: string): Promise<Notice | undefined> {
  if (!/^[a-z0-9-]+$/.test(name)) return undefined
  try {
    return await noticeNamed(db, name)
  } catch (error) {
    if (error instanceof Refused) return undefined
    throw error
  }
}

type Asked = Request<{ language: string; name?: string }>

/**
 * The notices in force at /meddelanden: a list and a page for each, in every language, and the same as Atom and JSON
 * feeds. No script.
 */
export function noticePages(app: App): Router {
  const { config, pool } = app
  const mayLeave = textsThatMayLeave(pool, config)
  const textsNow = async (): Promise<Texts> => {
    const { texts, refresh } = await mayLeave
    await refresh()
    return texts
  }
  const site = (path: string): string => new URL(path, config.PUBLIC_URL).href
  const router = express.Router()
  router.get('/', (request, response) => {
    response
      .vary('Accept-Language')
      .redirect(302, `/meddelanden/${request.acceptsLanguages(['sv', 'en', 'ar']) || 'sv'}`)
  })
  router.param('language', (_request, _response, next, language: string) => {
    next(
      Object.hasOwn(noticeWords, language)
        ? undefined
        : new HttpProblem(404, 'not-found', 'There is nothing at this address.'),
    )
  })
  const around = (language: string, path: string, title: string) => ({
    ...htmlLanguage(language),
    tag: language,
    words: noticeWords[language]!,
    title,
    region: config.REGION_NAME,
    phone: shownPhone(config.REGION_PHONE),
    phoneLink: config.REGION_PHONE,
    languages: Object.entries(noticeWords).map(([tag, words]) => ({
      ...htmlLanguage(tag),
      name: words.language,
      href: `/meddelanden/${tag}${path}`,
      current: tag === language,
    })),
  })
  const dated = (language: string, key: 'published' | 'lifted', at: Date) =>
    noticeWords[language]![key].replace('{date}', longDate(at, language))
  const rendered = async (notice: Notice, language: string) =>
    noticePage(await textsNow(), notice, language, config)
  const send = (response: Response, html: string) =>
    void response.set('Cache-Control', 'public, max-age=60').type('html').send(html)

  const feed = async (language: string, file: string): Promise<Feed> => ({
    title: noticeWords[language]!.title,
    region: config.REGION_NAME,
    language,
    url: site(`/meddelanden/${language}`),
    self: site(`/meddelanden/${language}/${file}`),
    entries: await Promise.all(
      (await publishedNotices(pool)).map(async (notice) => ({
        url: site(`/meddelanden/${language}/${notice.name}`),
        at: notice.publishedAt!,
        page: await rendered(notice, language),
      })),
    ),
  })
  router.get(
    '/:language/atom.xml',
    async ({ params }: Asked, response) =>
      void response
        .set('Cache-Control', 'public, max-age=60')
        .type('application/atom+xml; charset=utf-8')
        .send(atom(await feed(params.language, 'atom.xml'))),
  )
  router.get(
    '/:language/feed.json',
    async ({ params }: Asked, response) =>
      void response
        .set('Cache-Control', 'public, max-age=60')
        .type('application/feed+json; charset=utf-8')
        .send(JSON.stringify(jsonFeed(await feed(params.language, 'feed.json')))),
  )

  router.get('/:language', async ({ params: { language } }: Asked, response) => {
    const notices = await Promise.all(
      (await publishedNotices(pool)).map(async (notice) => {
        const page = await rendered(notice, language)
        const first = page.body.find((block) => block.kind === 'paragraph')
        return {
          ...htmlLanguage(page.language),
          title: page.title,
          first: first?.kind === 'paragraph' ? first.text : '',
          href: `/meddelanden/${language}/${notice.name}`,
          published: dated(language, 'published', notice.publishedAt!),
        }
      }),
    )
    const heightened =
      (await heightenedNow(pool)) &&
      (await textsNow()).warning(language, {
        region: {
          name: config.REGION_NAME,
          phone: config.REGION_PHONE,
          phoneHours: config.REGION_PHONE_HOURS,
          website: config.REGION_WEBSITE,
          signer: { name: config.REGION_NAME, role: config.REGION_NAME },
        },
        campaignDate: app.clock.now(),
      })
    send(
      response,
      listPage({
        ...around(language, '', noticeWords[language]!.title),
        notices,
        warning: heightened
          ? { ...htmlLanguage(heightened.language), html: blocksHtml(heightened.body, 3) }
          : null,
      }),
    )
  })

  router.get('/:language/:name', async ({ params: { language, name = '' } }: Asked, response) => {
    const notice = await noticeOrNone(pool, name)
    if (!notice?.publishedAt) throw new HttpProblem(404, 'not-found', 'There is no such notice.')
    const page = await rendered(notice, language)
    send(
      response,
      onePage({
        ...around(language, `/${name}`, page.title),
        page: { ...htmlLanguage(page.language), title: page.title, html: blocksHtml(page.body, 2) },
        published: dated(language, 'published', notice.publishedAt),
        lifted: notice.liftedAt ? dated(language, 'lifted', notice.liftedAt) : null,
      }),
    )
  })
  return router
}
