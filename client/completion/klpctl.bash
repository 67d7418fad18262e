# shellcheck shell=bash
# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Completion of klpctl for bash. It needs no helper of bash-completion's, and asks the daemon only for
# what nobody can know by heart: CVE ids.

# The ids of the open CVEs, worst first; none when the daemon does not answer within two seconds.
__klpctl_cves() {
        timeout 2 "$1" exposures --json=short 2>/dev/null </dev/null |
                grep -Eo '"cve": ?"CVE-[0-9]+-[0-9]+"' | grep -Eo 'CVE-[0-9]+-[0-9]+'
}

# $1: the program as it was typed.
_klpctl() {
        local -A options=(
                [any]='--help --version --json= --no-legend --no-pager --quiet --host= --machine='
                [status]=''
                [exposures]='--all --severity= --verdict='
                [why]=''
                [kernels]='--all'
                [plan]='--at='
                [export]='--author='
                [feeds]=''
                [refresh]='--no-ask-password'
                [import]='--no-ask-password'
                [export-digest]=''
                [patches]='--blocking'
                [alerts]='--follow --no-ask-password'
                [check]='--warning= --critical= --timeout= --verbose --reboot'
                [rescan]='--no-ask-password'
                [monitor]=''
                [history]='--since= --directory='
                [show-config]=''
                [help]=''
        )
        local -A values=(
                [--json]='short pretty off'
                [--severity]='critical important moderate low unrated'
                [--verdict]='live-patch-available live-patch-not-active live-patch-pending live-patch-awaited
                        reboot-needed below-scope unknown live-patched fixed-in-kernel'
                [--at]=''
                [--since]=''
                [--directory]=''
                [--author]=''
                [--warning]='' [-w]=''
                [--critical]='' [-c]=''
                [--timeout]='' [-t]=''
                [--host]='' [-H]=''
                [--machine]='' [-M]=''
        )
        local verbs='status exposures why kernels plan patches alerts check export feeds refresh import export-digest rescan monitor history show-config help'
        local current=${COMP_WORDS[COMP_CWORD]} option='' verb='' argument='' words='' words_only='' word i
        local paths='' prefix='' # paths: -f for files, -d for folders only

        COMPREPLY=()

        # Bash cuts words at "=" and ":"; a caller that sets COMP_WORDS itself may not.
        for ((i = 1; i < COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
                if [[ $word == [=:] || ${COMP_WORDS[i - 1]} == : ]]; then
                        continue
                elif [[ -n $option ]]; then
                        option=''
                elif [[ -z $words_only && $word == -- ]]; then
                        words_only=yes
                elif [[ -z $words_only && $word == -* ]]; then
                        [[ -n ${values[$word]+set} ]] && option=$word
                elif [[ -z $verb ]]; then
                        verb=$word
                elif [[ -z $argument ]]; then
                        argument=$word
                fi
        done

        if [[ -n $option ]]; then
                [[ $current == = ]] && current=''
                words=${values[$option]}
                [[ $option == --directory ]] && paths=-d
        elif [[ -z $words_only && $current == --directory=* ]]; then
                paths=-d prefix=--directory= current=${current#*=}
        elif [[ -z $words_only && $current == --*=* ]]; then
                option=${current%%=*}
                for word in ${values[$option]-}; do
                        words+=" $option=$word"
                done
        elif [[ -z $words_only && $current == -* ]]; then
                words="${options[any]} ${options[${verb:-status}]-}"
        elif [[ -z $verb || ($verb == help && -z $argument) ]]; then
                words=$verbs
        elif [[ $verb == export && -z $argument ]]; then
                words='openvex csv'
        elif [[ $verb == alerts && -z $argument ]]; then
                words='ack snooze'
        elif [[ ($verb == import || $verb == export-digest) && -z $argument ]]; then
                paths=-f
        elif [[ $verb == why && -z $argument ]]; then
                current=${current^^}
                words=$(__klpctl_cves "$1")
        fi

        if [[ -n $paths ]]; then
                mapfile -t COMPREPLY < <(compgen -P "$prefix" $paths -- "$current")
                # Bash quotes names then, ends those of folders with "/", and looks by itself behind a quote.
                if [[ $paths == -d ]]; then
                        compopt -o filenames -o dirnames 2>/dev/null
                else
                        compopt -o filenames -o default 2>/dev/null
                fi
                return 0
        fi

        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
        # Behind "=" comes the value at once. Outside of a completion there is nothing to set.
        [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2>/dev/null
        return 0
}

complete -o nosort -F _klpctl klpctl
