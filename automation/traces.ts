import {
  context,
  isSpanContextValid,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
} from '@opentelemetry/api'

/**
 * Traces by OpenTelemetry's API alone: without an SDK, which is the operator's to bring, all of this does nothing. Request, then
 * operation, then stage, then engine run.
 */
export const tracer = () => trace.getTracer('eks-cutover')

/** Runs `act` in a span. `parent`: a traceparent from the journal; without one the span that is active, if there is any. */
export function spanned<T>(
  name: string,
  attributes: Attributes,
  act: () => Promise<T>,
  parent: string | null = null,
): Promise<T> {
  return tracer().startActiveSpan(name, { attributes }, contextOf(parent), async (span) => {
    try {
      return await act()
    } catch (error) {
      failed(span, error)
      throw error
    } finally {
      span.end()
    }
  })
}

export function failed(span: Span, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  span.recordException(error instanceof Error ? error : message)
  span.setStatus({ code: SpanStatusCode.ERROR, message })
}

/** The active span as W3C Trace Context writes it, to go on in it elsewhere; null: there is none. */
export function traceparent(): string | null {
  const active = trace.getActiveSpan()?.spanContext()
  if (!active || !isSpanContextValid(active)) return null
  return `00-${active.traceId}-${active.spanId}-${active.traceFlags.toString(16).padStart(2, '0')}`
}

function contextOf(parent: string | null): Context {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(parent ?? '') ?? []
  if (!traceId || !spanId || !flags) return context.active()
  return trace.setSpanContext(context.active(), { traceId, spanId, traceFlags: parseInt(flags, 16), isRemote: true })
}
