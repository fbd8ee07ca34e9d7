/** For Windows PowerShell 5.1 and newer: an empty word is passed on only when it is written as two quotes, and arguments are passed as they always were. */
export const powershell = `# PowerShell completion for kubectl-flinksp

Register-ArgumentCompleter -Native -CommandName 'kubectl-flinksp', 'kubectl-flinksp.exe' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $PSNativeCommandArgumentPassing = 'Legacy'
    $words = @($commandAst.CommandElements |
        Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text } })
    $current = if ($wordToComplete -eq '') { '""' } else { $wordToComplete }
    $directive = 4
    $found = @()
    foreach ($line in @(& kubectl-flinksp __complete @words $current 2>$null)) {
        if ($line -match '^:(\\d+)$') { $directive = [int]$Matches[1] }
        elseif ($line -ne '') { $found += $line }
    }
    foreach ($line in $found) {
        $word, $description = $line -split "\`t", 2
        if (-not $description) { $description = $word }
        [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $description)
    }
    # Without anything PowerShell would offer files.
    if ($found.Count -eq 0 -and ($directive -band 4)) { '' }
}
`
