import { AsyncLocalStorage } from 'node:async_hooks'
import {
  context,
  ROOT_CONTEXT,
  trace,
  type Attributes,
  type Context,
  type ContextManager,
  type Span,
  type SpanContext,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api'

/** A span that has ended, as a back end would have it. */
export interface Ended {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parent: string | null
  readonly attributes: Attributes
  readonly error: string | null
}

class Contexts implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>()
  active = (): Context => this.#storage.getStore() ?? ROOT_CONTEXT
  with: ContextManager['with'] = (inner, act, thisArg, ...args) =>
    this.#storage.run(inner, () => act.call(thisArg as never, ...args))
  bind: ContextManager['bind'] = (_inner, target) => target
  enable = (): this => this
  disable = (): this => this
}

let ids = 0
const id = (length: number): string => (ids += 1).toString(16).padStart(length, '0')

/** The smallest SDK that a trace can be seen with: what OpenTelemetry's own does, without sampling and sending. */
export function collectSpans(): { readonly ended: Ended[]; stop(): void } {
  const ended: Ended[] = []
  const startSpan = (name: string, options: SpanOptions = {}, parent: Context = context.active()): Span =>
    recording(ended, name, { ...options.attributes }, trace.getSpanContext(parent))
  const tracer = {
    startSpan,
    startActiveSpan: (name: string, options: SpanOptions, parent: Context, act: (span: Span) => unknown) => {
      const span = startSpan(name, options, parent)
      return context.with(trace.setSpan(parent, span), () => act(span))
    },
  } as Tracer
  context.setGlobalContextManager(new Contexts())
  trace.setGlobalTracerProvider({ getTracer: () => tracer })
  return {
    ended,
    stop: () => {
      trace.disable()
      context.disable()
    },
  }
}

function recording(ended: Ended[], name: string, attributes: Attributes, parent: SpanContext | undefined): Span {
  const own: SpanContext = { traceId: parent?.traceId ?? id(32), spanId: id(16), traceFlags: 1 }
  let error: string | null = null
  const span = {
    spanContext: () => own,
    setAttribute: (key: string, value: string) => ((attributes[key] = value), span),
    setStatus: ({ message }: { message?: string }) => ((error = message ?? ''), span),
    recordException: () => undefined,
    isRecording: () => true,
    end: () => void ended.push({ ...own, name, parent: parent?.spanId ?? null, attributes, error }),
  } as unknown as Span
  return span
}
