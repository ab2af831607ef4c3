import { join } from 'node:path'
import type { Config } from '../config.ts'
import { openPrintFolder } from './print-folder.ts'
import type { OpenPlace } from './print-place.ts'
import { openPrintSftp } from './print-sftp.ts'

/** Where print batches go: the supplier's SFTP server when there is one in the configuration, else a folder. */
export function printPlaceOf(config: Config): OpenPlace {
  const {
    PRINT_SFTP_URL: url,
    PRINT_SFTP_HOST_KEY: hostKeys,
    PRINT_SFTP_KEY: privateKey,
    PRINT_SFTP_PASSWORD: password,
  } = config
  if (url) return () => openPrintSftp({ url, hostKeys, privateKey, password })
  return () => openPrintFolder(config.PRINT_FOLDER ?? join(config.KALLELSE_OUT, 'print'))
}
