import { once } from 'node:events'
import { getPriority, setPriority } from 'node:os'
import type { Register } from './command.ts'
import { endInTime } from './end-in-time.ts'

export const register: Register = (command, cli) => {
  command.action(() => {
    setPriority(Math.min(getPriority() + 10, 19)) // on a machine that serves pages too, those go first
    return cli.withApp(async (app) => {
      endInTime(cli.stop, app.log)
      const { startWorker } = await import('../worker.ts')
      const worker = await startWorker(app)
      app.log.info('working')
      process.send?.('working') // to `serve`, which serves nothing before
      if (!cli.stop.aborted) await once(cli.stop, 'abort')
      await worker.stop()
    })
  })
}
