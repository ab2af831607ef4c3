import type { RequestHandler } from 'express'
import type { App } from '../../app.ts'
import { heightenedNow } from '../../notices/heightened.ts'
import { preflightOf, type Finding, type Preflight } from '../../reports/preflight.ts'
import { word } from '../../reports/words.ts'
import { staffTexts } from '../../texts/staff-texts.ts'
import { page } from '../view/page.ts'
import { regionOf } from '../region.ts'

/**
 * GET /admin/utskick/<name>: what is known before anything leaves, as `campaign check` says it, and what the switchboard
 * says now. Asks the channels' providers whether they answer; changes nothing.
 */
export function campaignPage(app: App): RequestHandler<{ name: string }> {
  const render = page('staff/campaign.hbs')
  return async (request, response) => {
    const { name } = request.params
    const check = await preflightOf(app, name)
    const asked = { language: 'sv', warning: (await heightenedNow(app.pool)) !== undefined }
    const html = render({
      ...regionOf(app.config),
      title: `${name}: före utskicket – Kallelse`,
      name,
      state: check.state,
      stateWord: word('campaign', check.state),
      ...view(check),
      scripts: await staffTexts(app, name, { form: 'phone-script', ...asked }),
      cards: await staffTexts(app, name, { form: 'contact-card', ...asked }),
    })
    response.set('Cache-Control', 'no-store').type('html').send(html)
  }
}

const headings: Record<Finding['about'], string> = {
  people: 'Personer',
  capacity: 'Tider och doser',
  days: 'Dagar',
  channels: 'Kanaler',
  texts: 'Texter',
  phones: 'Telefoner',
  cost: 'Kostnad',
}

/** First what stops, then what to think of, then the rest by what it is about. */
function view({ findings, ready, state }: Preflight) {
  const of = (severity: Finding['severity']) =>
    findings.filter((finding) => finding.severity === severity).map(({ swedish }) => swedish)
  const stops = of('stop')
  const warnings = of('warning')
  return {
    lead: ready ? readyWords(state, warnings.length) : stopped(stops.length),
    stops,
    warnings,
    facts: (Object.keys(headings) as Finding['about'][]).flatMap((about) => {
      const lines = findings.filter((f) => f.about === about && f.severity === 'fact')
      return lines.length
        ? [{ about, heading: headings[about], lines: lines.map(({ swedish }) => swedish) }]
        : []
    }),
  }
}

const stopped = (n: number): string =>
  `Utskicket kan inte gå ut: ${n === 1 ? 'en sak stoppar' : `${n} saker stoppar`}.`

function readyWords(state: string, warnings: number): string {
  const judge =
    warnings === 0 ? '' : ` ${warnings === 1 ? 'En sak' : `${warnings} saker`} att bedöma först.`
  if (state === 'draft') return `Utskicket kan godkännas.${judge}`
  if (state === 'approved') return `Utskicket är godkänt och kan startas.${judge}`
  return `Ingenting stoppar utskicket.${judge}`
}
