import { fork, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { SMTPServer } from 'smtp-server'

// A relay or an SMS provider that takes everything, in a process of its own so that it is not the sender's time that it
// takes. It keeps nothing but when each came: the stand-ins of the demo write every message down, and are slower.

export interface Sink {
  url: string
  /** when each message came since it was asked last, milliseconds */
  times(): Promise<number[]>
  close(): void
}

/** Starts one. */
export async function startSink(kind: 'smtp' | 'sms'): Promise<Sink> {
  const child = fork(fileURLToPath(import.meta.url), [kind], { stdio: 'inherit' })
  const { url } = (await answerOf(child)) as { url: string }
  return {
    url,
    async times() {
      child.send('times')
      return ((await answerOf(child)) as { times: number[] }).times
    },
    close: () => void child.kill('SIGKILL'),
  }
}

const answerOf = async (child: ChildProcess): Promise<unknown> =>
  ((await once(child, 'message')) as [unknown])[0]

async function be(kind: string): Promise<void> {
  let times: number[] = []
  const took = () => void times.push(performance.timeOrigin + performance.now())
  const port = await (kind === 'smtp' ? takeMails(took) : takeSms(took))
  process.on('message', () => {
    process.send!({ times })
    times = []
  })
  process.on('disconnect', () => process.exit())
  process.send!({ url: `${kind === 'smtp' ? 'smtp' : 'http'}://127.0.0.1:${port}` })
}

async function takeMails(took: () => void): Promise<number> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onData(stream, _session, done) {
      stream.resume()
      stream.on('end', () => {
        took()
        done()
      })
    },
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return (server.server.address() as AddressInfo).port
}

async function takeSms(took: () => void): Promise<number> {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      took()
      response.writeHead(202, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ message_uuid: randomUUID() }))
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return (server.address() as AddressInfo).port
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await be(process.argv[2] ?? '')
