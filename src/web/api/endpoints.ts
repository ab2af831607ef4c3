import { attendance } from './appointments/attendance.ts'
import { book } from './bookings/book.ts'
import { cancel as cancelBooking } from './bookings/cancel.ts'
import { conflicts } from './bookings/conflicts.ts'
import { move } from './bookings/move.ts'
import { times } from './bookings/times.ts'
import { approve } from './campaigns/approve.ts'
import { cancel } from './campaigns/cancel.ts'
import { check } from './campaigns/check.ts'
import { create } from './campaigns/create.ts'
import { get } from './campaigns/get.ts'
import { list } from './campaigns/list.ts'
import { pause } from './campaigns/pause.ts'
import { preview } from './campaigns/preview.ts'
import { resume } from './campaigns/resume.ts'
import { start } from './campaigns/start.ts'
import { status } from './campaigns/status.ts'
import type { Endpoint } from './endpoint.ts'
import { lookup } from './people/lookup.ts'
import { messages } from './people/messages.ts'
import { answerReserve } from './reserve/answer.ts'
import { joinReserve } from './reserve/join.ts'

/** Everything below /api/v1. */
export const endpoints: readonly Endpoint[] = [
  list,
  create,
  get,
  status,
  preview,
  check,
  approve,
  start,
  pause,
  resume,
  cancel,
  lookup,
  messages,
  times,
  book,
  move,
  cancelBooking,
  conflicts,
  joinReserve,
  answerReserve,
  attendance,
]
