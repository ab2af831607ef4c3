import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createServer, type Server } from 'node:http'
import { request } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { createServer as createApp } from '../../src/web/server.ts'
import { openSite, type Site } from './support/site.ts'

let site: Site
beforeAll(async () => void (site = await openSite()))
afterAll(() => site.close())

/** What a server with other settings answers. */
async function withServer(config: object, ask: (port: number) => Promise<number>): Promise<number> {
  const server: Server = createServer(
    createApp({ ...site.app, config: { ...site.app.config, ...config } }),
  )
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  try {
    return await ask((server.address() as AddressInfo).port)
  } finally {
    await new Promise((closed) => server.close(closed))
  }
}

/** The status of a page of the staff's. */
const statusOf = (config: object, headers: Record<string, string> = {}): Promise<number> =>
  withServer(
    config,
    (port) =>
      new Promise((answered, failed) => {
        request({ port, path: '/admin', headers }, (response) => {
          response.resume()
          answered(response.statusCode ?? 0)
        })
          .on('error', failed)
          .end()
      }),
  )

/** The same in HTTP/1.0. */
const statusInOldHttp = (): Promise<number> =>
  withServer(
    {},
    (port) =>
      new Promise((answered, failed) => {
        const socket = connect(port, '127.0.0.1', () =>
          socket.write('GET /admin HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n'),
        )
        socket
          .once('data', (line) => {
            answered(Number(line.toString().split(' ')[1]))
            socket.destroy()
          })
          .on('error', failed)
      }),
  )

describe("the staff's pages without a password", () => {
  it('are shown on this machine while it is a trial', async () => {
    expect(await statusOf({})).toBe(200)
  })

  it.each([
    ['a database of its own', { DATABASE_URL: 'postgres://127.0.0.1/kallelse' }],
    ["the region's address", { PUBLIC_URL: 'https://kallelse.regiondalarna.example' }],
  ])('are not where it has %s, whatever the browser says', async (_, config) => {
    expect(await statusOf(config)).toBe(403)
  })

  it.each([
    'forwarded',
    'via',
    'x-forwarded-for',
    'x-forwarded-proto',
    'x-real-ip',
    'cf-connecting-ip',
    'x-client-ip',
  ])('are not when a request has the header %s', async (header) => {
    expect(await statusOf({}, { [header]: '192.0.2.1' })).toBe(403)
  })

  it('are not in HTTP/1.0, which nginx speaks and no browser does', async () => {
    expect(await statusInOldHttp()).toBe(403)
  })

  it('are not by another name than that of this machine', async () => {
    expect(await statusOf({}, { host: 'kallelse.example' })).toBe(403)
  })
})

describe("a form of the staff's", () => {
  const post = (headers: Record<string, string>) =>
    site
      .post('/admin/akta/rapporter/1', 'by=anna', undefined, {
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      })
      .then(({ status }) => status)

  it.each([
    [{}, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'sec-fetch-site': 'none' }, 403],
    [{ origin: 'https://other.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ referer: 'https://other.example/admin' }, 403],
    [{ 'sec-fetch-site': 'same-origin' }, 404],
  ] as const)('with %j is answered %d', async (headers, status) => {
    expect(await post(headers)).toBe(status)
  })

  it('with our own origin is taken', async () => {
    expect(await post({ origin: new URL(site.web.url).origin })).toBe(404)
  })
})

it('a proxy that the settings do not know is told of on the first page, when it has been seen', async () => {
  const behind = await openSite({ ADMIN_PASSWORD: 'en lång hemlighet' })
  const authorization = `Basic ${Buffer.from('admin:en lång hemlighet').toString('base64')}`
  const admin = async () => (await behind.get('/admin', undefined, { authorization })).text
  expect(await admin()).not.toContain('TRUSTED_PROXIES')
  await behind.get('/boka/sv', undefined, { 'x-forwarded-for': '192.0.2.1' })
  expect(await admin()).toContain('TRUSTED_PROXIES')
  await behind.close()
})
