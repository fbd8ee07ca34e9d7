/** Read from a file of the fpath, or sourced. Words are unquoted and nothing is evaluated. */
export const zsh = `#compdef kubectl-flinksp
# zsh completion for kubectl-flinksp

_kubectl-flinksp() {
  emulate -L zsh
  setopt extended_glob
  local line word output
  local -i directive=4 longest=0
  local -a ends goes end_words go_words options
  output=$(kubectl-flinksp __complete "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)
  local -a lines=("\${(@f)output}")
  for line in $lines; do
    word=\${line%%$'\\t'*}
    (( $#word > longest )) && longest=$#word
  done
  for line in $lines; do
    if [[ $line == :<-> ]]; then
      directive=\${line#:}
    elif [[ -n $line ]]; then
      word=\${line%%$'\\t'*}
      [[ $line == *$'\\t'* ]] && line="\${(r:longest:)word}  -- \${line#*$'\\t'}"
      # What ends so is gone on with: no blank behind it.
      if [[ $word == *[/=] ]]; then
        go_words+=("$word") goes+=("$line")
      else
        end_words+=("$word") ends+=("$line")
      fi
    fi
  done
  (( directive & 32 )) && options+=(-V unsorted)
  if (( $#end_words + $#go_words )); then
    (( $#end_words )) && compadd -l -d ends $options -a -- end_words
    (( $#go_words )) && compadd -l -d goes $options -S '' -a -- go_words
    return 0
  fi
  (( directive & 16 )) && { _path_files -/; return }
  (( directive & 4 )) || _files
}

if [[ \${funcstack[1]} == _kubectl-flinksp ]]; then
  _kubectl-flinksp "$@"
else
  compdef _kubectl-flinksp kubectl-flinksp
fi
`
