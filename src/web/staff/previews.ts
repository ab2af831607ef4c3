import type { RequestHandler } from 'express'
import type { App } from '../../app.ts'
import { pagesAsPng } from '../../letters/page-pictures.ts'
import { renderPreview } from '../../letters/preview.ts'
import { letterPages } from '../../letters/render.ts'
import { directionOf } from '../../texts/languages.ts'
import { loadTexts } from '../../texts/texts.ts'
import { word } from '../../reports/words.ts'
import { languageWord } from '../../texts/language-word.ts'
import { campaignLanguages, proofInLanguage } from '../../evidence/proof.ts'
import { page } from '../view/page.ts'
import { HttpProblem } from '../problem.ts'
import { regionOf } from '../region.ts'

/**
 * /admin/utskick/<name>/brev: what a campaign sends, in each of its languages beside each other, to somebody
 * invented.
 */
export function previewPages(app: App): {
  sheet: RequestHandler<{ name: string }>
  picture: RequestHandler<{ name: string; language: string; number: string; page: string }>
} {
  const render = page('staff/previews.hbs')
  const texts = loadTexts()
  texts.catch(() => undefined) // said to whoever asks
  const previewed = async (name: string, language: string) =>
    proofInLanguage({ ...app, texts: await texts }, name, language)
  return {
    sheet: async (request, response) => {
      const { name } = request.params
      const languages = await Promise.all(
        (await campaignLanguages(app.pool, name)).map(async (language) => ({
          language,
          preview: await previewed(name, language),
        })),
      )
      const html = render({
        ...regionOf(app.config),
        title: `${name}: brev och meddelanden – Kallelse`,
        name,
        languages: languages.map(({ language, preview }) => ({
          language,
          heading: languageWord(language),
          // letters first
          messages: preview.messages
            .map((message, number) => viewOf(name, language, message, number))
            .sort((a, b) => Number(b.pages.length > 0) - Number(a.pages.length > 0)),
        })),
      })
      response.set('Cache-Control', 'no-store').type('html').send(html)
    },
    picture: async (request, response) => {
      const { name, language, number, page: wanted } = request.params
      const letter = (await previewed(name, language)).messages[Number(number)]?.letter
      const [png] = letter
        ? await pagesAsPng(
            await renderPreview(letter, app.clock.now(), {
              guides: request.query['matt'] === '1',
            }),
            80,
            Number(wanted),
          )
        : []
      if (!png) throw new HttpProblem(404, 'no-such-page', 'There is no such page.')
      response.set('Cache-Control', 'no-store').type('png').send(png)
    },
  }
}

type Message = Awaited<ReturnType<typeof proofInLanguage>>['messages'][number]

function viewOf(
  name: string,
  language: string,
  { step, channel, template, letter, rendered }: Message,
  number: number,
) {
  const spoken = rendered.language
  const base = `/admin/utskick/${encodeURIComponent(name)}/brev/${language}/${number}`
  return {
    what: `${word('step', step)}, ${word('channel', channel)}`,
    template,
    version: rendered.version,
    became: spoken === language ? '' : languageWord(spoken),
    lang: spoken.replace('-simple', ''),
    dir: directionOf(spoken),
    pages: letter
      ? Array.from({ length: letterPages(letter) }, (_, i) => ({
          address: `${base}/${i + 1}.png`,
          guided: `${base}/${i + 1}.png?matt=1`,
          n: i + 1,
        }))
      : [],
    long: rendered.kind === 'email',
    text:
      rendered.kind === 'sms'
        ? rendered.text
        : rendered.kind === 'email'
          ? `${rendered.subject}\n\n${rendered.text.trim()}`
          : '',
  }
}
