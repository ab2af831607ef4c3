import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import hoodiecrow, { type FetchHandler, type FetchQuery, type ImapServer } from 'hoodiecrow-imap'

export interface Imap {
  /** for BOUNCE_MAILBOX */
  url: string
  /** A mail arrives. */
  deliver(mail: Buffer): void
  /** The server numbers its mails anew. */
  renumber(): void
  /** flags of all mails */
  flags(): string[][]
  /** how many clients have connected */
  connections(): number
  /** Takes no connection until `back`. */
  away(): Promise<void>
  back(): Promise<void>
  close(): Promise<void>
}

export const mailboxPassword = 'ett lösenord för studsar'

/** An IMAP server with one user and an inbox; it offers no TLS. */
export async function startImap(host = '127.0.0.1'): Promise<Imap> {
  const imap = hoodiecrow({
    plugins: ['ID', 'AUTH-PLAIN', 'SASL-IR', 'LITERALPLUS', 'ENABLE'],
    users: { 'studs@regiondalarna.example': { password: mailboxPassword } },
    storage: { INBOX: { messages: [], uidvalidity: 1 } },
  })
  sendParts(imap)
  const sockets = new Set<Socket>()
  let connections = 0
  imap.server.on('connection', (socket: Socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  const listen = async (port: number) => {
    imap.listen(port, host)
    await once(imap.server, 'listening')
  }
  const stop = async () => {
    const closed = once(imap.server, 'close')
    imap.close(() => {})
    sockets.forEach((socket) => socket.destroy())
    await closed
  }
  await listen(0)
  const { port } = imap.server.address() as AddressInfo
  return {
    url: `imap://studs%40regiondalarna.example@${host}:${port}/INBOX`,
    deliver: (mail) =>
      imap.appendMessage('INBOX', [], '11-Mar-2021 09:01:00 +0100', mail.toString('binary')),
    renumber() {
      const inbox = imap.getMailbox('INBOX')
      inbox.uidvalidity++
      inbox.messages.forEach((message, at) => (message.uid = at + 1))
    },
    flags: () => imap.getMailbox('INBOX').messages.map(({ flags }) => flags),
    connections: () => connections,
    away: stop,
    back: () => listen(port),
    close: () => (imap.server.listening ? stop() : Promise.resolve()),
  }
}

/** Sends the part that was asked for of every mail: its own way forgets after the first how long that was. */
function sendParts(imap: ImapServer): void {
  const lengths = new WeakMap<FetchQuery, number>()
  const send: FetchHandler = (_connection, { raw }, query) => {
    const [start = 0, asked] = query.partial ?? []
    const length = asked ?? lengths.get(query) ?? raw.length
    lengths.set(query, length)
    if (query.partial) query.partial = [start] // as it is in the answer
    return { type: 'LITERAL', value: raw.slice(+start, +start + +length) }
  }
  imap.fetchHandlers['BODY'] = imap.fetchHandlers['BODY.PEEK'] = send
}
