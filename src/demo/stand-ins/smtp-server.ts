import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { systemClock } from '../../clock.ts'
import { answerJson, listenLocally } from './http.ts'
import { openJournal } from './journal.ts'

/** One mail as the stand-in took it; sha256 is that of the whole message as sent. */
export interface TakenMail {
  reference: string
  messageId: string
  /** the envelope's sender: where it comes back to */
  from: string
  to: string
  size: number
  sha256: string
  receivedAt: string
  /** where `keep` put it */
  file?: string
}

/**
 * Something that goes wrong: an SMTP reply at RCPT TO, or after DATA, instead of taking the mail, or a connection that
 * is cut or never answered, before or after taking it.
 */
export type SmtpFault =
  { reply: number; after?: 'data' } | 'cut-before' | 'cut-after' | 'hang-before' | 'hang-after'

export interface SmtpServerOptions {
  /** 0 or nothing: any free port */
  port?: number
  /** NDJSON file of TakenMail, one line a mail */
  journal: string
  /** keeps the message itself. @returns where */
  keep?: (reference: string, to: string, content: Buffer) => string
  /** called for each recipient */
  fault?: (to: string) => SmtpFault | undefined
}

export interface LocalSmtp {
  /** for SMTP_URL */
  url: string
  /** for SMTP_TRACE_URL */
  traceUrl: string
  count(): number
  close(): Promise<void>
}

/**
 * A mail server that takes everything and keeps the list of it, with a message trace over HTTP. Duplicates are taken
 * twice, as by a real one.
 */
export async function startSmtpServer(options: SmtpServerOptions): Promise<LocalSmtp> {
  const journal = openJournal<TakenMail>(options.journal)
  const held = new Set(journal.earlier.map((mail) => mail.messageId))
  let count = journal.earlier.length
  /** what is to happen to the mail of a session, asked once for each */
  const faults = new WeakMap<SMTPServerSession, SmtpFault | undefined>()
  const refusal = (reply: number) =>
    Object.assign(new Error('refused by the script'), { responseCode: reply })

  const cut = (session: SMTPServerSession): void => {
    for (const connection of server.connections)
      if (connection.session === session) connection.close()
  }
  const take = async (
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    done: (error?: Error | null, message?: string) => void,
  ): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    const content = Buffer.concat(chunks)
    const to = session.envelope.rcptTo[0]?.address ?? ''
    const fault = faults.get(session)
    if (fault === 'cut-before') return cut(session)
    if (fault === 'hang-before') return
    if (typeof fault === 'object') return done(refusal(fault.reply))
    const headers = content.subarray(0, 8192).toString('latin1')
    const messageId = /^message-id:\s*<([^>]+)>/im.exec(headers)?.[1] ?? ''
    const reference = /^x-kallelse-reference:\s*(\S+)/im.exec(headers)?.[1] ?? ''
    const file = options.keep?.(reference, to, content)
    // before the reply: whoever got 250 is in the file
    journal.append({
      reference,
      messageId,
      from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
      to,
      size: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      receivedAt: systemClock.now().toISOString(),
      ...(file ? { file } : {}),
    })
    held.add(messageId)
    count++
    if (fault === 'cut-after') return cut(session)
    if (fault === 'hang-after') return
    done(null, `2.0.0 Ok: queued as ${count.toString(36)}`)
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    hideDSN: false,
    logger: false,
    onRcptTo(address, session, done) {
      const fault = options.fault?.(address.address)
      faults.set(session, fault)
      if (typeof fault !== 'object' || fault.after === 'data') return done()
      done(refusal(fault.reply))
    },
    onData(stream, session, done) {
      take(stream, session, done).catch((error: Error) => done(error))
    },
  })
  server.on('error', () => {}) // a client that went away
  await new Promise<void>((listening) => server.listen(options.port ?? 0, '127.0.0.1', listening))
  const trace = await listenLocally((incoming, response) => {
    const messageId =
      new URL(incoming.url ?? '', 'http://local').searchParams.get('message_id') ?? ''
    answerJson(response, 200, {
      message_id: messageId,
      state: held.has(messageId) ? 'delivered' : 'unknown',
    })
    return Promise.resolve()
  }, 0)
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    traceUrl: `http://127.0.0.1:${trace.port}/trace`,
    count: () => count,
    async close() {
      await trace.close()
      await new Promise<void>((closed) => {
        server.close(() => closed())
        for (const connection of server.connections) connection.close()
      })
      journal.close()
    },
  }
}
