// What kubectl looks for on PATH and runs with the words behind `flinksp` (kubectl/pkg/cmd/plugin_completion.go).

export const shellScript = `#!/bin/sh
# Asked by kubectl when Tab is pressed behind "kubectl flinksp". It has to be called kubectl_complete-flinksp and be on PATH.
exec kubectl-flinksp __complete "$@"
`

export const batchFile = `@rem Asked by kubectl when Tab is pressed behind "kubectl flinksp". It has to be called kubectl_complete-flinksp.cmd and be on PATH.\r
@kubectl-flinksp __complete %*\r
`
