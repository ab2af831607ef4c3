import { randomUUID } from 'node:crypto'
import type { RequestHandler } from 'express'
import type { App } from '../../../app.ts'
import { fraudReport, keepReport, reportChannels } from '../../../verification/fraud-reports.ts'
import type { DoorGuard } from '../../../verification/guesses.ts'
import type { PageValues } from '../resident-page.ts'
import { checkLanguages } from './language.ts'
import { languageOf, placeIn, showCheck } from './pages.ts'
import type { CheckWords } from './words/sv.ts'

const channelWords = {
  sms: 'bySms',
  email: 'byEmail',
  letter: 'byLetter',
  phone: 'byPhone',
  visit: 'byVisit',
  other: 'byOther',
} as const
const fields = [
  { name: 'happened', label: 'reportWhen', hint: 'reportWhenHint', most: 100, long: false },
  { name: 'sender', label: 'reportSender', hint: 'reportSenderHint', most: 200, long: false },
  { name: 'content', label: 'reportContent', hint: 'reportContentHint', most: 4000, long: true },
  { name: 'contact', label: 'reportContact', hint: 'reportContactHint', most: 200, long: false },
] as const

type Given = Record<string, string>
type Errors = NonNullable<PageValues<(typeof checkLanguages)[string]>['errors']>

/** What the form shows: what was typed, and what is wrong with it. */
function formOf(language: string, given: Given, errors: Errors) {
  const words = checkLanguages[language]!
  const fault = (name: string) => errors.find((error) => error.field === name)?.key ?? null
  return {
    given: { form: given['form'] || randomUUID() },
    channels: reportChannels.map((value) => ({
      value,
      text: words[channelWords[value]],
      chosen: given['channel'] === value,
    })),
    fields: fields.map(({ name, label, hint, most, long }) => ({
      name,
      label: words[label],
      hint: words[hint],
      most,
      long,
      value: given[name] ?? '',
      fault: fault(name),
    })),
  }
}

/** GET /akta/<language>/rapport */
export const reportPage =
  (app: App): RequestHandler =>
  (request, response) => {
    const language = languageOf(request)
    showCheck(
      response,
      placeIn(app, language),
      'report',
      { title: 'reportTitle', path: '/rapport' },
      formOf(language, {}, []),
    )
  }

/** POST /akta/<language>/rapport: kept for the communicators. The same form twice is one report. */
export const takeReport =
  (app: App, guard: DoorGuard): RequestHandler =>
  async (request, response) => {
    const language = languageOf(request)
    const given = Object.fromEntries(
      Object.entries((request.body ?? {}) as Record<string, unknown>).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      ),
    )
    const again = (errors: Errors, status: number) =>
      showCheck(
        response,
        placeIn(app, language),
        'report',
        { title: 'reportTitle', path: '/rapport', errors, status },
        formOf(language, given, errors),
      )
    const read = fraudReport.safeParse(given)
    const errors = read.success
      ? []
      : faultsOf(read.error.issues.map((issue) => String(issue.path[0])))
    if (read.success && read.data.sender === '' && read.data.content === '')
      errors.push({ key: 'contentMissing', field: 'content' })
    if (!read.success || errors.length) return again(errors, 422)
    if (!(await guard.mayReport(app.clock.now(), request.ip ?? '')))
      return again([{ key: 'tooManyReports' }], 429)
    await keepReport(app.pool, read.data, language, app.clock.now())
    response.redirect(303, `/akta/${language}/tack`)
  }

/** GET /akta/<language>/tack */
export const thanksPage =
  (app: App): RequestHandler =>
  (request, response) => {
    showCheck(response, placeIn(app, languageOf(request)), 'thanks', {
      title: 'thanksTitle',
      path: '/tack',
    })
  }

function faultsOf(names: string[]): Errors {
  const key = (name: string): keyof CheckWords =>
    name === 'channel' ? 'channelMissing' : 'tooLong'
  return names.map((name) => ({ key: key(name), field: name }))
}
