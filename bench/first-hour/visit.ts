import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** Who comes: what stands in the letter. */
export interface Resident {
  code: string
  /** YYYYMMDD */
  birth: string
  /** what they do after they have booked */
  then: 'nothing' | 'move' | 'cancel'
}

export type Step =
  'start' | 'line' | 'sign in' | 'list' | 'look' | 'book' | 'booked' | 'move' | 'cancel'

export interface Visit {
  /** milliseconds of each step, in order */
  steps: { step: Step; ms: number }[]
  ms: number
  booked: boolean
  /** times that somebody else took first */
  tooLate: number
  /** in the line that forms when more come than can be served at once */
  waited: boolean
  /** what the server should not have answered */
  error?: string
}

interface Answer {
  status: number
  location: string
  text: string
}

/** One browser: a connection of its own that stays open, and the session's cookie. */
class Browser {
  readonly #site: URL
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #address: string
  readonly steps: Visit['steps'] = []
  #cookie = ''

  constructor(site: URL, address: string) {
    this.#site = site
    this.#address = address
  }

  async get(step: Step, path: string): Promise<Answer> {
    return this.#ask(step, path, 'GET', '')
  }

  async post(step: Step, path: string, form: Record<string, string>): Promise<Answer> {
    return this.#ask(step, path, 'POST', new URLSearchParams(form).toString())
  }

  close(): void {
    this.#agent.destroy()
  }

  async #ask(step: Step, path: string, method: string, body: string): Promise<Answer> {
    const began = performance.now()
    const answer = await new Promise<Answer>((resolve, reject) => {
      const asked = request(
        new URL(path, this.#site),
        {
          method,
          agent: this.#agent,
          headers: {
            cookie: this.#cookie,
            'x-forwarded-for': this.#address,
            ...(method === 'POST' ? { origin: this.#site.origin } : {}),
            ...(body ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
          },
        },
        (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (part: string) => (text += part))
          response.on('end', () => {
            const set = response.headers['set-cookie']?.at(-1)
            if (set) this.#cookie = set.slice(0, set.indexOf(';'))
            resolve({
              status: response.statusCode ?? 0,
              location: response.headers.location ?? '',
              text,
            })
          })
        },
      )
      asked.on('error', reject)
      asked.end(body)
    })
    this.steps.push({ step, ms: performance.now() - began })
    return answer
  }
}

/** What somebody does on the pages: signs in, looks, books, and perhaps moves or cancels what they booked. */
export async function visit(site: URL, resident: Resident, address: string): Promise<Visit> {
  const browser = new Browser(site, address)
  const began = performance.now()
  const outcome = { booked: false, tooLate: 0, waited: false }
  let error: string | undefined
  try {
    await walk(browser, resident, outcome)
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown)
  } finally {
    browser.close()
  }
  return {
    steps: browser.steps,
    ms: performance.now() - began,
    ...outcome,
    ...(error === undefined ? {} : { error }),
  }
}

async function walk(
  browser: Browser,
  resident: Resident,
  outcome: Pick<Visit, 'booked' | 'tooLate' | 'waited'>,
): Promise<void> {
  expectStatus(await browser.get('start', '/boka/sv'), 200)
  const signedIn = await browser.post('sign in', '/boka/sv', {
    kod: resident.code,
    fodd: resident.birth,
  })
  expectStatus(signedIn, 303)
  let next = signedIn.location
  while (next.endsWith('/ko')) {
    outcome.waited = true
    const place = await browser.get('line', next)
    if (place.status === 200)
      await sleep(Number(/http-equiv="refresh" content="(\d+)"/.exec(place.text)?.[1]) * 1000)
    else next = place.location
  }
  let list = await browser.get('list', next)
  // As people do: somebody was quicker, so they choose among what is shown then.
  for (let tries = 0; tries < 5 && !outcome.booked; tries++) {
    const path = await take(browser, list, 'book')
    if (path.includes('/bokning')) {
      expectStatus(await browser.get('booked', path), 200)
      outcome.booked = true
    } else {
      outcome.tooLate++
      list = await browser.get('list', path)
    }
  }
  if (!outcome.booked) throw new Error('no time after five tries')
  if (resident.then === 'move')
    await take(browser, await browser.get('list', '/boka/sv/tider'), 'move')
  if (resident.then === 'cancel')
    expectStatus(await browser.post('cancel', '/boka/sv/avboka', {}), 303)
}

/** Looks at one of the times of a list and takes it. @returns where that leads */
async function take(browser: Browser, list: Answer, step: 'book' | 'move'): Promise<string> {
  expectStatus(list, 200)
  const slots = [...list.text.matchAll(/valj\?tid=(\d+)/g)].map((match) => match[1]!)
  const slot = slots[Math.floor(Math.random() * slots.length)]
  if (slot === undefined) throw new Error('no time in the list')
  const looked = await browser.get('look', `/boka/sv/valj?tid=${slot}`)
  if (looked.status === 303) return looked.location
  expectStatus(looked, 200)
  const taken = await browser.post(step, '/boka/sv/tid', { tid: slot })
  expectStatus(taken, 303)
  return taken.location
}

function expectStatus({ status, location }: Answer, expected: number): void {
  if (status !== expected) throw new Error(`answered ${status} ${location}`.trim())
}
