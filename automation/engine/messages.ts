import type { Adoption, EngineEvent, Task } from './engine.ts'
import type { ProcessIdentity } from './processes.ts'

/** What a worker is asked to do; one at a time. */
export type Job =
  | { readonly do: 'create'; readonly secrets: Readonly<Record<string, string>> }
  | { readonly do: 'preview' | 'up' | 'destroy' | 'inspect' | 'unprotect' | 'unlock' }
  | { readonly do: 'refresh'; readonly targets: readonly string[]; readonly adoptions: readonly Adoption[] }

/** To the worker. */
export interface Order {
  readonly task: Task
  readonly job: Job
  /** For the CLI and everything that it starts. */
  readonly environment: Readonly<Record<string, string>>
}

/** To the worker: an order, or for how many milliseconds it may live without another word. */
export type Directive = { readonly order: Order } | { readonly aliveMs: number }

/** From the worker. */
export type Message =
  | { readonly type: 'ready'; readonly cliVersion: string }
  | { readonly type: 'unusable'; readonly reason: string }
  | { readonly type: 'event'; readonly event: EngineEvent }
  /** A CLI that may take the stack's lock has been started. */
  | { readonly type: 'cli'; readonly cli: ProcessIdentity }
  | { readonly type: 'done'; readonly result: unknown }
  | { readonly type: 'failed'; readonly failure: EngineFailure }

/** An engine error as the CLI left it; pulumi-errors.ts makes sense of it. */
export interface EngineFailure {
  readonly message: string
  readonly exitCode: number | null
  readonly stderr: string
  /** error diagnostics of the run, in order */
  readonly diagnostics: readonly string[]
}
