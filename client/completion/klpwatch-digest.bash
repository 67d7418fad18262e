# shellcheck shell=bash
# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Completion of klpwatch-digest for bash. It needs no helper of bash-completion's.

_klpwatch_digest() {
        local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} option=''

        COMPREPLY=()
        # Bash cuts words at "=": of `--output=x` that is the option, "=" and what stands behind it.
        if [[ $current == = ]]; then
                option=$before
                current=''
        elif [[ $before == = && $COMP_CWORD -gt 2 ]]; then
                option=${COMP_WORDS[COMP_CWORD - 2]}
        elif [[ $before == -o ]]; then
                option=--output
        fi

        case $option in
        '' | --output)
                if [[ -z $option && $current == -* ]]; then
                        mapfile -t COMPREPLY < <(compgen -W '--output= --check --merge --repository= --as-of= --verbose
                                --help --version' -- "$current")
                        [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace
                else
                        mapfile -t COMPREPLY < <(compgen -f -- "$current")
                        compopt -o filenames
                fi
                ;;
        --as-of)
                # Most lists are of the day that they were fetched.
                mapfile -t COMPREPLY < <(compgen -W "$(date -u +%F)" -- "$current")
                ;;
        esac
        return 0
}

complete -F _klpwatch_digest klpwatch-digest
