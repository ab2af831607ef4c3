import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Processor seconds that an embedded server has used, with all its connections, also those that have ended.
 * 0 where there is no /proc.
 * @param folder the one it was started in
 */
export async function postgresSeconds(folder: string): Promise<number> {
  const [pid] = (await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')
  let ticks = 0
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    // Fields from the third on: the name before them may hold spaces. 4 is the parent, 14–17 the times.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ended = name === pid ? Number(fields[13]) + Number(fields[14]) : 0
    if (name === pid || fields[1] === pid) ticks += Number(fields[11]) + Number(fields[12]) + ended
  }
  return ticks / 100
}
