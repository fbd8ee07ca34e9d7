import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createGenerator } from 'ts-json-schema-generator'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
export const schemaPath = path('../docs/schema/v1.json')

/** The JSON Schema of what `-o json` prints, out of the types in src/view/document.ts. */
export function schemaText(): string {
  const schema = createGenerator({
    path: path('../src/view/document.ts'),
    tsconfig: path('../tsconfig.json'),
    type: 'V1Document',
    topRef: false,
    // Readers must bear fields that are added later.
    additionalProperties: true,
    skipTypeCheck: true,
  }).createSchema('V1Document')
  const { $schema, ...rest } = schema
  return `${JSON.stringify({ $schema, title: 'What kubectl flinksp prints with -o json and -o yaml', ...rest }, null, 2)}\n`
}

if (import.meta.main) writeFileSync(schemaPath, schemaText())
