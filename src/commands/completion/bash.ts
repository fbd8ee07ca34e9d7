/**
 * For bash 3.2, which macOS has, and newer. Nothing of the line or of an answer is evaluated (cobra's and other scripts `eval` the
 * line). Words are put together again from the line, since bash parts them at \`=\` and \`:\`, too.
 */
export const bash = `# bash completion for kubectl-flinksp

_kubectl_flinksp() {
  COMPREPLY=()
  local -a words=() found=()
  local rest=\${COMP_LINE:0:COMP_POINT} blanks word i
  for (( i = 0; i <= COMP_CWORD; i++ )); do
    word=\${COMP_WORDS[i]}
    blanks=\${rest%%[![:space:]]*}
    rest=\${rest#"$blanks"}
    (( i == COMP_CWORD )) && word=$rest
    if (( i == 0 )) || [[ -n $blanks ]]; then
      words+=("$word")
    else
      words[\${#words[@]}-1]+=$word
    fi
    rest=\${rest#"$word"}
  done
  local current=\${words[\${#words[@]}-1]}

  local line directive=4 longest=0
  while IFS= read -r line; do
    case $line in
      :[0-9]*) directive=\${line#:} ;;
      "$current"*)
        found+=("$line")
        word=\${line%%$'\\t'*}
        (( \${#word} > longest )) && longest=\${#word}
        ;;
    esac
  done < <(kubectl-flinksp __complete "\${words[@]:1}" 2>/dev/null)

  if [[ \${BASH_VERSINFO[0]} -ge 4 ]]; then
    (( directive & 2 )) && compopt -o nospace
    (( directive & 4 )) && compopt +o default
    (( directive & 16 )) && compopt +o default -o dirnames
    if (( directive & 32 )) && [[ \${BASH_VERSINFO[0]} -gt 4 || \${BASH_VERSINFO[1]} -ge 4 ]]; then
      compopt -o nosort
    fi
  fi

  # bash replaces only what stands behind the last of the characters that part words.
  local part= before=
  for part in = :; do
    [[ $COMP_WORDBREAKS == *"$part"* && $current == *"$part"* ]] || continue
    word=\${current%"\${current##*"$part"}"}
    (( \${#word} > \${#before} )) && before=$word
  done

  local description width=$(( \${COLUMNS:-80} - 1 ))
  (( longest > 40 )) && longest=40
  for line in "\${found[@]}"; do
    word=\${line%%$'\\t'*}
    description=\${line#"$word"}
    description=\${description#$'\\t'}
    # Descriptions are for reading: where there is but one word, or words are put in one after the other, it stands alone.
    if (( \${#found[@]} == 1 )) || [[ -z $description || $COMP_TYPE == 37 || $COMP_TYPE == 42 ]]; then
      COMPREPLY+=("\${word#"$before"}")
    else
      printf -v line '%-*s  (%s)' "$longest" "\${word#"$before"}" "$description"
      COMPREPLY+=("\${line:0:width}")
    fi
  done
}

complete -o default -F _kubectl_flinksp kubectl-flinksp
`
