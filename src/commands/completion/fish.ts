/** fish itself puts no blank behind what ends with `/` or `=`. */
export const fish = `# fish completion for kubectl-flinksp

function __kubectl_flinksp_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l directive 4
    set -l found
    for line in (kubectl-flinksp __complete $words[2..-1] "$current" 2>/dev/null)
        if string match -qr '^:[0-9]+$' -- $line
            set directive (string sub -s 2 -- $line)
        else if test -n "$line"
            set -a found $line
        end
    end
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else if test (math "bitand($directive, 16)") -ne 0
        __fish_complete_directories "$current" ''
    else if test (math "bitand($directive, 4)") -eq 0
        __fish_complete_path "$current"
    end
end

complete -c kubectl-flinksp -e
complete -c kubectl-flinksp -k -f -a '(__kubectl_flinksp_complete)'
`
