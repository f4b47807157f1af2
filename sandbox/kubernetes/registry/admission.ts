import type { Draft, KubernetesObject } from '../object.ts'
import { internalError, StatusError } from '../status-error.ts'

export interface AdmissionRequest {
  operation: 'CREATE' | 'UPDATE'
  object: Draft
  before?: KubernetesObject | undefined
}

/** What a webhook answers when it says no. */
export class WebhookDenial extends Error {
  readonly reason: string

  constructor(message: string, reason = 'Forbidden') {
    super(message)
    this.name = 'WebhookDenial'
    this.reason = reason
  }
}

/** The webhook does not answer; with `failurePolicy: Fail`, which is all that there is here, the write fails. */
export class WebhookUnavailable extends Error {}

/** An admission webhook, called in process instead of over HTTPS. It sees writes of the resource, not of its subresources. */
export interface Webhook {
  name: string
  /** The resource's key. */
  key: string
  mutate?(request: AdmissionRequest): Promise<Draft>
  validate?(request: AdmissionRequest): Promise<void>
}

function refusalOf(name: string, error: unknown): unknown {
  if (error instanceof WebhookDenial) {
    return new StatusError(403, error.reason, `admission webhook "${name}" denied the request: ${error.message}`)
  }
  if (error instanceof WebhookUnavailable) {
    return internalError(`failed calling webhook "${name}": failed to call webhook: ${error.message}`)
  }
  return error
}

export class Admission {
  readonly #webhooks = new Set<Webhook>()

  register(webhook: Webhook): () => void {
    this.#webhooks.add(webhook)
    return () => void this.#webhooks.delete(webhook)
  }

  async mutate(key: string, request: AdmissionRequest): Promise<Draft> {
    let object = request.object
    for (const webhook of this.#of(key)) {
      try {
        object = (await webhook.mutate?.({ ...request, object: structuredClone(object) })) ?? object
      } catch (error) {
        throw refusalOf(webhook.name, error)
      }
    }
    return object
  }

  async validate(key: string, request: AdmissionRequest): Promise<void> {
    for (const webhook of this.#of(key)) {
      try {
        await webhook.validate?.(request)
      } catch (error) {
        throw refusalOf(webhook.name, error)
      }
    }
  }

  #of(key: string): Webhook[] {
    return [...this.#webhooks].filter((webhook) => webhook.key === key)
  }
}
