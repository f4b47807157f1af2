import { EventEmitter } from 'node:events'
import type { AwsCall } from '../infra/aws/calls.ts'
import type { Instant } from './migration.ts'

/** What happened, as the event stream tells it. `seq` orders all of them; a stream goes on after the last one that it saw. */
export interface JournalEvent {
  readonly seq: number
  readonly at: Instant
  /** null: it is about everything */
  readonly migration: string | null
  /** null: it is about all of the migration, or about everything */
  readonly workload: string | null
  readonly operation: string | null
  readonly type: EventType
  readonly data: Readonly<Record<string, unknown>>
}

export const eventTypes = {
  'operation-queued': 'An operation was accepted.',
  'operation-started': 'It began.',
  'operation-taken-over':
    'A replica goes on with what another one, or it before its restart, did not end; from whom, and by whom.',
  'operation-let-go': 'A replica that stops has let it go; another one, or its next start, takes it over.',
  'cancel-asked': 'A person asked that it ends.',
  'operation-finished': 'It ended: succeeded, failed, cancelled or interrupted.',
  'stage-started': 'A staged `up` began.',
  'resource-step': 'The engine began a step on a resource.',
  'resource-step-done': 'The step ended.',
  message: 'Something that the engine, or the service, had to say.',
  'split-read': 'The split was read back from AWS.',
  home: 'The switch point was read back as home.',
  'state-changed': 'A workload changed its phase or step; from, to and why.',
  'guard-fired': 'A guard fired.',
  'hold-placed': 'A hold was placed.',
  'hold-removed': 'A hold was removed.',
  'hold-ran-out': 'The time of a hold has come, and what it is on goes home.',
  confirmed: 'A person confirmed.',
} as const

export type EventType = keyof typeof eventTypes

/**
 * What this process hears of. `event`: everything in the journal, whoever wrote it. `written`: what this process itself has just
 * written, for logs and counters, which each service keeps of its own doing. `aws-call`: an attempt at a call to AWS.
 * `lease-taken`: an operation of a dead service was taken over.
 */
export class Events extends EventEmitter<{
  event: [JournalEvent]
  written: [readonly JournalEvent[]]
  'aws-call': [AwsCall]
  'lease-taken': []
}> {}
