import { CutoverError } from '../errors.ts'
import type { Instant } from '../migration.ts'
import type { EngineFailure } from './messages.ts'

/**
 * The only reader of the Pulumi CLI's texts. What it knows of them was taken from CLI 3.259: exit codes since 3.227, the text of
 * a locked stack from its DIY backends.
 */
export interface LockHolder {
  readonly pid: number
  readonly host: string
  /** By the clock of its host. */
  readonly at: Instant
  readonly text: string
}

/** Who holds the stack's lock; [] when that is not why the run failed. */
export function lockHolders({ stderr, message }: EngineFailure): LockHolder[] {
  const text = `${stderr}\n${message}`
  if (!text.includes('the stack is currently locked by')) return []
  const holders = [...text.matchAll(/created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)/g)]
  return holders.map(([whole, , host = '', pid, at = '']) => ({
    pid: Number(pid),
    host,
    at: Date.parse(at),
    text: whole,
  }))
}

/** What went wrong, in our own codes, with the sentences that AWS, a cluster or the engine used. */
export function errorOf(failure: EngineFailure): CutoverError {
  const holders = lockHolders(failure)
  if (holders.length > 0) {
    const who = holders.map(({ text }) => text).join('; ')
    const message = `somebody else is working on the stack: ${who}. Wait until it is done; \`pulumi cancel\` removes the lock of a run that is dead.`
    return new CutoverError('stack-locked', message, { holders })
  }
  const sentences = sentencesOf(failure)
  const message = sentences.join('\n')
  const details = { exitCode: failure.exitCode }
  if (/no stack named '[^']*' found/.test(message)) {
    return new CutoverError('stack-missing', `Pulumi's record of the stack is gone (${message}). ${restore}`, details)
  }
  if (/failed to load checkpoint|snapshot integrity|deserializ/.test(message)) {
    return new CutoverError(
      'stack-damaged',
      `Pulumi's record of the stack cannot be read (${message}). ${restore}`,
      details,
    )
  }
  if (/api error|operation error|AccessDenied|Throttling|https? response error/i.test(message)) {
    const silence = silenceIn(sentences)
    return new CutoverError('aws-failed', message, silence ? { ...details, silence } : details)
  }
  if (/cluster is unreachable|unable to load schema information|ECONNREFUSED|connection refused/.test(message)) {
    return new CutoverError('cluster-unreachable', message, details)
  }
  return new CutoverError('engine-failed', message, details)
}

const restore =
  'Nothing was written to AWS by this run. Restore the record from a backup, then ask again: a rollback brings traffic home without it.'

/** In the words of the plugins' SDKs, Go's and Node's: nobody answered, or AWS itself failed, or it asked for fewer calls. */
const unanswered =
  /StatusCode: (0|5\d\d)\b|ECONN(REFUSED|RESET|ABORTED)|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|TimeoutError|socket hang up|connection (refused|reset)|no such host|i\/o timeout|deadline exceeded|handshake timeout|Throttl|RequestLimitExceeded|TooManyRequests|Rate exceeded|SlowDown|PriorRequestNotComplete/

/** The call that AWS did not answer; null: one of its answers is a refusal. */
function silenceIn(sentences: readonly string[]): { readonly call: string; readonly error: string } | null {
  const ofAws = sentences.filter((text) => text.includes('operation error '))
  const [first] = ofAws
  if (first === undefined || !ofAws.every((text) => unanswered.test(text))) return null
  const [, call = 'AWS', error = first] = /operation error ([^,]+), ([^]*)$/.exec(first) ?? []
  return { call, error }
}

const longest = 2_000

/** The engine's own diagnostics say most; without any, the lines of standard error that begin with `error:`; else what there is. */
function sentencesOf({ diagnostics, stderr, message }: EngineFailure): string[] {
  const own = [...new Set(diagnostics.map(clean))].filter((text) => !/^(update|preview) failed$/.test(text))
  if (own.length > 0) return own
  const lines = stderr.split('\n').filter((line) => line.startsWith('error: '))
  if (lines.length > 0) return lines.map(clean)
  return [clean(stderr.trim() || message)]
}

/** Commands and paths of the CLI are of no use to a caller, and long texts are cut. */
const clean = (text: string): string =>
  text
    .replace(/^error: /, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, longest)
