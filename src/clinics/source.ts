import { open } from 'node:fs/promises'
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path'
import { Refused, messageOf } from '../errors.ts'

/** What was read from a path or a web address. */
export interface Source {
  name: string
  bytes: Uint8Array
  /** Reads a file that this one links to. */
  follow(link: string): Promise<Source>
}

const limits = { bytes: 50_000_000, milliseconds: 30_000, redirects: 5 }

const isWeb = (place: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(place)

/**
 * Reads a file, or fetches a web address (http or https, at most 50 MB, half a minute, five redirects). What
 * comes from the web leads only to the same host, so that a feed can't make us fetch from inside the region's
 * network; a local file leads to files in its own folder, or to the web.
 * @throws Refused can-not-read, too-large, bad-link
 */
export function readSource(place: string): Promise<Source> {
  return isWeb(place) ? fetchSource(new URL(place)) : readLocal(place)
}

async function readLocal(path: string): Promise<Source> {
  const bytes = await readLimited(path)
  const folder = dirname(resolve(path))
  return {
    name: basename(path),
    bytes,
    async follow(link) {
      if (isWeb(link)) return readSource(link)
      const target = resolve(folder, link)
      const inside = relative(folder, target)
      if (inside.startsWith('..') || isAbsolute(inside))
        throw new Refused('bad-link', `${basename(path)} leads to ${link}, outside its own folder.`)
      return readLocal(target)
    },
  }
}

async function readLimited(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path)
    try {
      const { size } = await file.stat()
      if (size > limits.bytes)
        throw new Refused(
          'too-large',
          `${path} has ${size} bytes; at most ${limits.bytes} are read. Split it.`,
        )
      return await file.readFile()
    } finally {
      await file.close()
    }
  } catch (error) {
    if (error instanceof Refused) throw error
    throw new Refused('can-not-read', `${path} can't be read: ${messageOf(error)}`)
  }
}

async function fetchSource(first: URL): Promise<Source> {
  const signal = AbortSignal.timeout(limits.milliseconds)
  let url = first
  for (let redirects = 0; ; redirects++) {
    if (!/^https?:$/.test(url.protocol))
      throw new Refused('bad-link', `${show(url)} is neither http nor https.`)
    if (url.username || url.password)
      throw new Refused('bad-link', `${show(url)}: a web address with a password is not fetched.`)
    if (url.host !== first.host || (first.protocol === 'https:' && url.protocol !== 'https:'))
      throw new Refused(
        'bad-link',
        `${show(first)} leads to another host, ${url.host}. Give that address itself if you trust it.`,
      )
    if (redirects > limits.redirects)
      throw new Refused('bad-link', `${show(first)} leads on more than ${limits.redirects} times.`)
    const response = await fetch(url, {
      redirect: 'manual',
      signal,
      headers: {
        accept:
          'application/json, application/fhir+ndjson, application/ndjson, text/csv, */*;q=0.1',
      },
    }).catch((error: unknown) => {
      throw new Refused(
        'can-not-read',
        `${show(url)} can't be fetched: ${messageOf((error as { cause?: unknown }).cause ?? error)}`,
      )
    })
    const location = response.headers.get('location')
    if (response.status >= 300 && response.status < 400 && location) {
      await response.body?.cancel()
      if (!URL.canParse(location, url.href))
        throw new Refused('bad-link', `${show(url)} leads nowhere.`)
      url = new URL(location, url)
      continue
    }
    if (!response.ok) {
      await response.body?.cancel()
      throw new Refused('can-not-read', `${show(url)} answered ${response.status}.`)
    }
    return fetched(url, await bodyOf(response, url))
  }
}

function fetched(url: URL, bytes: Uint8Array): Source {
  return {
    name: show(url),
    bytes,
    async follow(link) {
      const target = URL.canParse(link, url.href) ? new URL(link, url) : undefined
      if (target?.host !== url.host || (url.protocol === 'https:' && target.protocol !== 'https:'))
        throw new Refused(
          'bad-link',
          `${show(url)} leads to another host: ${link.slice(0, 200)}. ` +
            'Save the manifest as a file if you trust it, and import that.',
        )
      return fetchSource(target)
    },
  }
}

async function bodyOf(response: Response, url: URL): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength
      if (size > limits.bytes)
        throw new Refused('too-large', `${show(url)} has more than ${limits.bytes} bytes.`)
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof Refused) throw error
    throw new Refused('can-not-read', `${show(url)} broke off: ${messageOf(error)}`)
  }
  return Buffer.concat(chunks)
}

/** Without query and password, which can hold secrets. */
const show = (url: URL): string => `${url.protocol}//${url.host}${url.pathname}`
