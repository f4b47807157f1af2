import { parseForm, type FormNode } from './form.ts'
import type { WireRequest } from './protocol.ts'

/** What a presigned request adds to the query; no operation has such parameters. */
export const isSigning = (name: string): boolean => name.startsWith('X-Amz-')

/** The parameters of a form, from the query (GET, presigned requests) and from the body. */
export function parametersOf(request: WireRequest): Map<string, string> {
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false
  const body = isForm ? new URLSearchParams(request.body.toString('utf8')) : []
  return new Map([...request.query, ...body].filter(([name]) => !isSigning(name)))
}

export function formOf(request: WireRequest): FormNode {
  return parseForm(parametersOf(request))
}
