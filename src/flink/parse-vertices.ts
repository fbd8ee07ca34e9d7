import { type Fields, listAt, textAt } from '../domain/fields.ts'
import type { RestAnswer, RestVertex } from '../domain/rest.ts'
import { amountAt, idAt } from './parse-fields.ts'

const mostVertices = 10_000

/** GET /jobs/:jobid. Undefined where one has no id: a graph with a hole would be taken for the whole. */
export function parseVertices(body: Fields): RestAnswer | undefined {
  if (!Array.isArray(body['vertices']) || body['vertices'].length > mostVertices) return undefined
  const vertices = listAt(body, 'vertices').map(parseVertex)
  if (vertices.length < body['vertices'].length || vertices.includes(undefined)) return undefined
  return { answer: 'vertices', vertices: vertices.filter(vertex => vertex !== undefined) }
}

function parseVertex(vertex: Fields): RestVertex | undefined {
  const id = idAt(vertex, 'id')
  if (id === undefined) return undefined
  const name = textAt(vertex, 'name')?.slice(0, 1_024)
  const [parallelism, maxParallelism] = [amountAt(vertex, 'parallelism'), amountAt(vertex, 'maxParallelism')]
  return {
    id,
    ...(name !== undefined && { name }),
    ...(parallelism !== undefined && { parallelism }),
    ...(maxParallelism !== undefined && { maxParallelism }),
  }
}
