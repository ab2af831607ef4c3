import type { Request } from 'express'
import type { Config } from '../config.ts'
import { Refused } from '../errors.ts'
import { regionOf } from './region.ts'
import { page } from './view/page.ts'

const render = page('view/refused.hbs')

/** What is said of a problem of the exchange itself. Those of the domain say it themselves. */
const byStatus: Record<number, [title: string, text: string]> = {
  400: [
    'Det gick inte att läsa',
    'Det som skickades gick inte att läsa. Gå tillbaka och försök igen.',
  ],
  401: ['Logga in', 'Logga in för att se sidan.'],
  403: ['Sidan visas inte här', 'Du får inte se den här sidan härifrån.'],
  404: ['Sidan finns inte', 'Det finns ingen sida på den här adressen. Kontrollera adressen.'],
  413: ['För stort', 'Det som skickades är för stort.'],
  500: ['Något gick fel', 'Felet är noterat hos oss. Försök igen om en stund.'],
  503: ['Inte tillgängligt nu', 'Försök igen om en stund.'],
}

/** Machines get problem details: at their own addresses, and wherever they don't say that they want a page. */
export const wantsPage = (request: Request): boolean =>
  !/^\/(api|webhooks)\//.test(request.originalUrl) && request.accepts(['json', 'html']) === 'html'

/** A problem as a page in Swedish, for somebody with a browser. */
export function refusedPage(config: Config, error: unknown, status: number): string {
  const [title, text] = byStatus[status] ?? ['Det gick inte', 'Gå tillbaka och försök igen.']
  return render({
    ...regionOf(config),
    title,
    text: error instanceof Refused ? error.swedish : text,
  })
}
