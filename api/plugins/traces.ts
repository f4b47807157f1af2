import { context, propagation, SpanKind, trace, type Span } from '@opentelemetry/api'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { failed, tracer } from '../../automation/traces.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the request; null: it is not traced. */
    span: Span | null
  }
}

/** A span for every request but those of machines that look whether we live, in the caller's trace where it named one. */
export const traces = fp(
  (app, _options, done) => {
    app.decorateRequest('span', null)
    app.addHook('onRequest', (request, _reply, next) => {
      const { method, routeOptions, headers } = request
      const route = routeOptions.url ?? ''
      if (unwatched.includes(route)) return next()
      const parent = propagation.extract(context.active(), headers)
      const attributes = { 'http.request.method': method, 'http.route': route }
      const span = tracer().startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent)
      request.span = span
      context.with(trace.setSpan(parent, span), next)
    })
    app.addHook('onError', (request, _reply, error, next) => {
      if ((error.statusCode ?? 500) >= 500 && request.span) failed(request.span, error)
      next()
    })
    app.addHook('onResponse', (request, reply, next) => {
      end(request, reply.statusCode)
      next()
    })
    app.addHook('onRequestAbort', (request, next) => {
      end(request, 499)
      next()
    })
    done()
  },
  { name: 'traces' },
)

const unwatched = ['/healthz', '/readyz', '/metrics']

function end(request: FastifyRequest, status: number): void {
  request.span?.setAttribute('http.response.status_code', status)
  request.span?.end()
  request.span = null
}
