/** Asks `colloquium __complete` for candidates, and falls back to file names if it has none. */
const BASH = `_colloquium() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(
    colloquium __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null
  )
}
complete -o default -F _colloquium colloquium
`;

const ZSH = `_colloquium() {
  local -a candidates
  candidates=("\${(@f)$(colloquium __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${candidates[*]}" ]]; then compadd -- "\${candidates[@]}"; else _files; fi
}
compdef _colloquium colloquium
`;

const FISH = `function __colloquium_complete
    set -l words (commandline -opc) (commandline -ct)
    colloquium __complete -- $words[2..-1] 2>/dev/null
end
complete -c colloquium -a '(__colloquium_complete)'
`;

/** Returns the script that a shell is to source. */
export function completionScript(shell: 'bash' | 'zsh' | 'fish'): string {
  return { bash: BASH, zsh: ZSH, fish: FISH }[shell];
}
