import {
  close,
  constants,
  fstat,
  link,
  lstat,
  mkdir,
  open,
  read,
  readdir,
  stat,
  unlink,
  write,
  type Stats,
} from 'node:fs'
import { basename, join, posix } from 'node:path'
import ssh2, { type SFTPWrapper } from 'ssh2'

/** The connection is cut before or after the operation, or the server says no. */
export type SftpFault = 'cut-before' | 'cut-after' | 'refuse'

interface Options {
  root: string
  fault: ((operation: string, name: string) => SftpFault | undefined) | undefined
  cut: () => void
}

const { STATUS_CODE, OPEN_MODE } = ssh2.utils.sftp

/**
 * Answers one SFTP session (version 3) with the files of a folder. Like OpenSSH's, its rename does not replace what
 * is there.
 */
export function serveFiles(sftp: SFTPWrapper, { root, fault, cut }: Options): void {
  const handles = new Map<number, { file: number } | { names: string[]; folder: string }>()
  let last = 0
  const handleOf = (given: Buffer) => handles.get(given.readUInt32BE(0))
  const keep = (what: { file: number } | { names: string[]; folder: string }): Buffer => {
    const handle = Buffer.alloc(4)
    handle.writeUInt32BE(++last)
    handles.set(last, what)
    return handle
  }
  const place = (path: string): string => join(root, posix.normalize(`/${path}`))
  const answer = (id: number) => (error: NodeJS.ErrnoException | null) =>
    sftp.status(id, statusOf(error))
  /** Plays the fault that the operation is to have, if any. */
  const play = (
    operation: string,
    id: number,
    path: string,
    work: (done: (error: NodeJS.ErrnoException | null, reply?: () => void) => void) => void,
  ): void => {
    const found = fault?.(operation, basename(path))
    if (found === 'cut-before') return cut()
    if (found === 'refuse') return void sftp.status(id, STATUS_CODE.FAILURE)
    work((error, reply) =>
      found === 'cut-after' ? cut() : !error && reply ? reply() : answer(id)(error),
    )
  }

  sftp.on('OPEN', (id, path, flags) =>
    play('open', id, path, (done) =>
      open(place(path), nodeFlags(flags), 0o640, (error, file) =>
        done(error, () => sftp.handle(id, keep({ file }))),
      ),
    ),
  )
  sftp.on('READ', (id, given, offset, length) => {
    const handle = handleOf(given)
    if (!handle || !('file' in handle)) return void sftp.status(id, STATUS_CODE.FAILURE)
    const block = Buffer.alloc(Math.min(length, 1 << 18))
    read(handle.file, block, 0, block.length, offset, (error, n) =>
      error
        ? answer(id)(error)
        : n === 0
          ? sftp.status(id, STATUS_CODE.EOF)
          : sftp.data(id, block.subarray(0, n)),
    )
  })
  sftp.on('WRITE', (id, given, offset, data) => {
    const handle = handleOf(given)
    if (!handle || !('file' in handle)) return void sftp.status(id, STATUS_CODE.FAILURE)
    play('write', id, '', (done) =>
      write(handle.file, data, 0, data.length, offset, (error) => done(error)),
    )
  })
  sftp.on('CLOSE', (id, given) => {
    const handle = handleOf(given)
    handles.delete(given.readUInt32BE(0))
    if (handle && 'file' in handle) close(handle.file, answer(id))
    else sftp.status(id, handle ? STATUS_CODE.OK : STATUS_CODE.FAILURE)
  })
  sftp.on('FSTAT', (id, given) => {
    const handle = handleOf(given)
    if (!handle || !('file' in handle)) return void sftp.status(id, STATUS_CODE.FAILURE)
    fstat(handle.file, (error, info) =>
      error ? answer(id)(error) : sftp.attrs(id, attributes(info)),
    )
  })
  for (const [event, look] of [
    ['STAT', stat],
    ['LSTAT', lstat],
  ] as const) {
    sftp.on(event, (id: number, path: string) =>
      look(place(path), (error, info) =>
        error ? answer(id)(error) : sftp.attrs(id, attributes(info)),
      ),
    )
  }
  for (const event of ['SETSTAT', 'FSETSTAT'] as const)
    sftp.on(event, (id: number) => sftp.status(id, STATUS_CODE.OK))
  sftp.on('OPENDIR', (id, path) =>
    readdir(place(path), (error, names) =>
      error ? answer(id)(error) : sftp.handle(id, keep({ names, folder: path })),
    ),
  )
  sftp.on('READDIR', (id, given) => {
    const handle = handleOf(given)
    if (!handle || !('names' in handle)) return void sftp.status(id, STATUS_CODE.FAILURE)
    const names = handle.names.splice(0, 100)
    if (!names.length) return void sftp.status(id, STATUS_CODE.EOF)
    sftp.name(
      id,
      names.map((filename) => ({
        filename,
        longname: `-rw-r-----    1 supplier supplier        0 Jan  1 00:00 ${filename}`,
        attrs: { mode: 0o100640, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 },
      })),
    )
  })
  sftp.on('REALPATH', (id, path) =>
    sftp.name(id, [
      {
        filename: posix.normalize(`/${path}`),
        longname: '',
        attrs: { mode: 0o40750, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 },
      },
    ]),
  )
  sftp.on('MKDIR', (id, path) => mkdir(place(path), answer(id)))
  sftp.on('REMOVE', (id, path) =>
    play('remove', id, path, (done) => unlink(place(path), (error) => done(error))),
  )
  sftp.on('RENAME', (id, from, to) =>
    play('rename', id, to, (done) =>
      link(place(from), place(to), (error) =>
        error ? done(error) : unlink(place(from), (failed) => done(failed)),
      ),
    ),
  )
}

const statusOf = (error: NodeJS.ErrnoException | null): number =>
  !error
    ? STATUS_CODE.OK
    : error.code === 'ENOENT'
      ? STATUS_CODE.NO_SUCH_FILE
      : error.code === 'EACCES'
        ? STATUS_CODE.PERMISSION_DENIED
        : STATUS_CODE.FAILURE

const attributes = ({ mode, uid, gid, size, atimeMs, mtimeMs }: Stats) => ({
  mode,
  uid,
  gid,
  size,
  atime: Math.floor(atimeMs / 1000),
  mtime: Math.floor(mtimeMs / 1000),
})

function nodeFlags(flags: number): number {
  const { READ, WRITE, APPEND, CREAT, TRUNC, EXCL } = OPEN_MODE
  const access =
    flags & WRITE ? (flags & READ ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY
  const more = [
    [APPEND, constants.O_APPEND],
    [CREAT, constants.O_CREAT],
    [TRUNC, constants.O_TRUNC],
    [EXCL, constants.O_EXCL],
  ] as const
  return more.reduce((all, [theirs, ours]) => (flags & theirs ? all | ours : all), access)
}
