import { callOf } from '../infra/aws/calls.ts'
import { describeAwsError, isTransient } from '../infra/aws/errors.ts'
import { describeSeconds } from './clock.ts'
import { CutoverError } from './errors.ts'
import type { EventType } from './events.ts'
import type { Instant, Operation, Unanswered } from './migration.ts'
import type { OperationRun } from './operation-run.ts'
import type { OperationChange } from './store/operations.ts'

/** Which call of AWS was not answered, and what came instead. */
export type Silence = Pick<Unanswered, 'call' | 'error'>

/** How long until the next attempt, the first after the first failure. Seconds of product time. */
const pauses = [5, 10, 20, 40, 60] as const

/** Between two events that say that AWS still does not answer. Milliseconds on the wall. */
const tellAgainMs = 60_000

/**
 * null: AWS has answered, if only with a refusal, and trying again does not mend it. Connections that are refused, cut or never made,
 * names that are not found, time-outs, 5xx, and calls that are throttled for longer than the SDK or the plugin tries.
 */
export function silenceIn(error: unknown): Silence | null {
  if (!(error instanceof CutoverError)) return isTransient(error) ? silenceOf(error) : null
  if (error.code !== 'aws-failed') return null
  const told = error.details['silence'] as Silence | undefined
  return told ?? (isTransient(error.cause) ? silenceOf(error.cause) : null)
}

const silenceOf = (error: unknown): Silence => ({ call: callOf(error) ?? 'AWS', error: describeAwsError(error) })

type Told = readonly (readonly [EventType, object])[]

/** An operation that may wait for AWS. */
export interface Waiter extends Pick<OperationRun, 'operation' | 'tools' | 'signal'> {
  save(change: object, progress: OperationChange, also?: { readonly events: Told }): Promise<void>
  /** One read, of what it is about. */
  readAws(): Promise<unknown>
}

/** Keeps on record that AWS does not answer an operation, and tells it: at first, and then now and then. */
export class Patience {
  readonly #waiter: Waiter
  #toldAt: Instant | null = null

  constructor(waiter: Waiter) {
    this.#waiter = waiter
  }

  /** Throws the error when it was tried for long enough. A way home has no end. */
  async failed(silence: Silence, error: unknown): Promise<void> {
    const { operation, tools } = this.#waiter
    const { clock, awsWaitSeconds } = tools
    const now = clock.now()
    const before = operation.unanswered
    const end = operation.action === 'rollback' ? null : now + clock.wallMs(awsWaitSeconds)
    const unanswered = { ...silence, since: before?.since ?? now, until: before ? before.until : end }
    if (unanswered.until !== null && now >= unanswered.until) throw givenUp(unanswered, awsWaitSeconds, error)
    await this.#keep(unanswered, before)
  }

  /** AWS has answered. */
  async over(): Promise<void> {
    const events = answeredAgain(this.#waiter.operation)
    if (events.length > 0) await this.#waiter.save({}, { unanswered: null }, { events })
  }

  /** Where the journal does not answer either, there is nobody to tell; but who has lost the operation stops. */
  async #keep(unanswered: Unanswered, before: Unanswered | null): Promise<void> {
    const { tools } = this.#waiter
    const told = this.#toldAt !== null && tools.clock.now() - this.#toldAt < tellAgainMs
    if (told && before?.call === unanswered.call && before.error === unanswered.error) return
    const text = unansweredSentence(unanswered)
    const events = told ? [] : ([['message', { severity: 'warning', text }]] as const)
    await this.#waiter.save({}, { unanswered }, { events }).catch((error: unknown) => {
      if (error instanceof CutoverError) throw error
    })
    if (!told) this.#toldAt = tools.clock.now()
  }
}

/** What is told when AWS has answered an operation; nothing where it did all the time. */
export const answeredAgain = ({ unanswered }: Operation): Told =>
  unanswered ? [['message', { severity: 'info', text: 'AWS answers again; it goes on' }]] : []

/**
 * Does what may be done twice, again and again while AWS does not answer. Between two attempts one read is tried until that is
 * answered. `attempt` counts from 1.
 */
export async function patiently<T>(waiter: Waiter, act: (attempt: number) => Promise<T>): Promise<T> {
  const patience = new Patience(waiter)
  for (let attempt = 1; ; attempt += 1) {
    try {
      const result = await act(attempt)
      await patience.over()
      return result
    } catch (error) {
      await waitFor(waiter, patience, error, attempt)
      await untilRead(waiter, patience)
    }
  }
}

async function untilRead(waiter: Waiter, patience: Patience): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await waiter.readAws()
      return
    } catch (error) {
      // what else is wrong with it is the business of whoever needs it
      if (!silenceIn(error)) return
      await waitFor(waiter, patience, error, attempt)
    }
  }
}

/** Throws what is not worth waiting for. */
async function waitFor({ tools, signal }: Waiter, patience: Patience, error: unknown, attempt: number) {
  const silence = signal.aborted ? null : silenceIn(error)
  if (!silence) throw error
  await patience.failed(silence, error)
  await tools.clock.sleep(pauses[Math.min(attempt, pauses.length) - 1] ?? 60, signal)
}

function givenUp({ call, error: why, since }: Unanswered, seconds: number, cause: unknown): CutoverError {
  const message = `AWS has not answered ${call} for ${describeSeconds(seconds)}, since ${iso(since)} (${why}); ask again when it does`
  return new CutoverError('aws-failed', message, { silence: { call, error: why } }, cause)
}

/** For people. Pure. */
export function unansweredSentence({ call, error, since, until }: Unanswered): string {
  const end = until === null ? 'until it does' : `until ${iso(until)}`
  return `AWS has not answered ${call} since ${iso(since)} (${error}); it is tried again ${end}`
}

const iso = (instant: Instant): string => new Date(instant).toISOString()
