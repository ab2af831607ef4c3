import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A line that we can cut: programs connect to its port, whatever port the server behind it has at the moment. */
export interface Proxy {
  port: number
  /** Where new connections go; 0: nobody answers there. */
  to(port: number): void
  /** Breaks all connections that are open. */
  cut(): void
  /** Breaks each connection after so many bytes from the client; undefined: none. */
  cutAfter(bytes: number | undefined): void
  close(): Promise<void>
}

export async function openProxy(): Promise<Proxy> {
  let target = 0
  let most: number | undefined
  const open = new Set<Socket>()
  const server = createServer({ noDelay: true }, (client) => {
    if (target === 0) return void client.resetAndDestroy()
    const behind = connect({ port: target, host: '127.0.0.1', noDelay: true })
    let bytes = 0
    client.on('data', (chunk) => {
      bytes += chunk.length
      if (most !== undefined && bytes > most) breakOff(client, behind)
    })
    for (const [one, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      open.add(one)
      one.pipe(other)
      one.on('error', () => breakOff(client, behind))
      one.on('close', () => (open.delete(one), other.destroy()))
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    port: (server.address() as AddressInfo).port,
    to: (port) => (target = port),
    cut: () => breakOff(...open),
    cutAfter: (bytes) => (most = bytes),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        breakOff(...open)
      }),
  }
}

/** As when a cable is pulled out or a firewall forgets a connection: no orderly end. */
function breakOff(...sockets: Socket[]): void {
  for (const socket of sockets) if (!socket.destroyed) socket.resetAndDestroy()
}
