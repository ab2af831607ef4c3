// node --import of this file: at exit the addresses of all loaded modules are written to stderr, one a line.
import { writeSync } from 'node:fs'
import { registerHooks } from 'node:module'

const loaded = []
registerHooks({
  load(url, context, next) {
    loaded.push(url)
    return next(url, context)
  },
})
process.on('exit', () => writeSync(2, loaded.join('\n')))
