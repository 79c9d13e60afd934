"""The completion script for bash, 3.2 (macOS) and newer; it needs no package beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lksig.cli.completion_tables import Entry, Option, Tables

_HEAD = """\
# Completion of lksig for bash 3.2 and newer: `lksig completions install bash`, or source this file.
# Made by `make docs`; nothing here starts lksig.

"""

_ENGINE = """
# The number of every element in a path becomes 0, as in the tables.
_lksig_plain() {
    local more='^(.*\\.)[1-9][0-9]*(\\..*)?$'
    _lksig_path=$1
    while [[ $_lksig_path =~ $more ]]; do
        _lksig_path=${BASH_REMATCH[1]}0${BASH_REMATCH[2]}
    done
}

# Offer the words of a list that begin with what is typed; what readline breaks words at stands before the cursor.
_lksig_offer() {
    local typed=$1 word skip='' mark
    shift
    for mark in = :; do
        if [[ $COMP_WORDBREAKS == *$mark* && $_lksig_cur == *$mark* && ${#skip} -lt ${#_lksig_cur} ]]; then
            word=${_lksig_cur%"$mark"*}$mark
            [[ ${#word} -gt ${#skip} ]] && skip=$word
        fi
    done
    for word in "$@"; do
        if [[ $word == "$typed"* ]]; then
            COMPREPLY+=("${word#"$skip"}")
            [[ $word == *[=.:] ]] && _lksig_open=1
        fi
    done
}

_lksig_files() {
    local before=$1 typed=$2 file
    while IFS= read -r file; do
        [[ -d $file ]] && file=$file/ && _lksig_open=1
        COMPREPLY+=("$before$file")
    done < <(compgen -f -- "$typed")
}

# The fields of the request that begins with the last case, or the values of one of them.
_lksig_request() {
    local case=$1 word fresh=() head rest
    shift
    if [[ $_lksig_cur == *=* ]]; then
        head=${_lksig_cur%%=*}= rest=${_lksig_cur#*=}
        if [[ $rest == @* ]]; then
            local before=$head@
            # Readline breaks the word there, and leaves the `@` in it.
            [[ $COMP_WORDBREAKS == *[=@]* ]] && before=@
            _lksig_files "$before" "${rest#@}"
            return
        fi
        word=${head%=}
        _lksig_plain "${word%+}"
        _lksig_values "$case $_lksig_path"
        for word in $_lksig_words; do fresh+=("$head$word"); done
        _lksig_offer "$_lksig_cur" ${fresh[@]+"${fresh[@]}"}
        return
    fi
    _lksig_plain "$_lksig_cur"
    local plain=$_lksig_path
    head=$plain
    while :; do
        case $head in *.*) head=${head%.*}. ;; *) head= ;; esac
        _lksig_fields "$case $head" && break
        [[ -z $head ]] && break
        head=${head%.}
    done
    for word in $_lksig_words; do
        word=$head$word
        [[ $word == "$plain"* ]] || continue
        word=$_lksig_cur${word#"$plain"}
        case " $* " in *" $word"*) [[ $word == *+= || $word == *. ]] || continue ;; esac
        fresh+=("$word")
    done
    _lksig_offer "$_lksig_cur" ${fresh[@]+"${fresh[@]}"}
}

_lksig() {
    COMPREPLY=()
    local IFS=$' \\t\\n'
    local line=${COMP_LINE:0:COMP_POINT} words word command='' case='' set=() places=0 skip='' option=''
    local _lksig_cur='' _lksig_words='' _lksig_path='' _lksig_open='' _lksig_kind='' _lksig_count=0
    read -r -d '' -a words <<< "$line"
    case $line in
        *[[:space:]]) ;;
        *) _lksig_cur=${words[${#words[@]}-1]}; unset "words[${#words[@]}-1]" ;;
    esac
    for word in "${words[@]:1}"; do
        option=''
        if [[ -n $skip ]]; then skip=''; continue; fi
        if [[ -z $command ]]; then
            [[ $word == -* ]] || command=$word
            continue
        fi
        if [[ $word == -* ]]; then
            if _lksig_option "$command $word"; then skip=1 option=$word; fi
        elif _lksig_is_case "$word"; then
            case=$word set=()
            places=$((places + 1))
        else
            set+=("$word")
            places=$((places + 1))
        fi
    done
    if [[ -z $command ]]; then
        if [[ $_lksig_cur == -* ]]; then _lksig_offer "$_lksig_cur" $_lksig_root
        else _lksig_offer "$_lksig_cur" $_lksig_commands; fi
    elif [[ -n $option ]]; then
        _lksig_option "$command $option"
        [[ -n $_lksig_words ]] && _lksig_offer "$_lksig_cur" $_lksig_words
    elif [[ $_lksig_cur == -* ]]; then
        _lksig_options "$command"
        _lksig_offer "$_lksig_cur" $_lksig_words
    else
        _lksig_takes "$command" "$places"
        case $_lksig_kind in
            requests)
                [[ -n $case ]] && _lksig_request "$case" ${set[@]+"${set[@]}"}
                if [[ -z $case || -n $_lksig_cur ]]; then
                    [[ $_lksig_cur == *=* ]] || _lksig_offer "$_lksig_cur" $_lksig_cases
                fi ;;
            words) _lksig_offer "$_lksig_cur" $_lksig_words ;;
        esac
    fi
    if [[ -n $_lksig_open ]] && type compopt >/dev/null 2>&1; then compopt -o nospace 2>/dev/null; fi
}

if type compopt >/dev/null 2>&1; then
    complete -o default -F _lksig lksig
else
    complete -o default -o nospace -F _lksig lksig
fi
"""


def script(tables: Tables) -> str:
    """The whole script."""
    return "".join([_HEAD, *_lists(tables), _ENGINE])


def _lists(tables: Tables) -> Iterator[str]:
    yield f"_lksig_commands='{' '.join(command.name for command in tables.commands)}'\n"
    yield f"_lksig_root='{_names(tables.root)}'\n"
    yield f"_lksig_cases='{_words(tables.cases)}'\n\n"
    yield _function("is_case", [("|".join(name for name, _ in tables.cases), "return 0 ;;")], otherwise="return 1")
    yield _function(
        "options", ((command.name, _set(_names(command.options))) for command in tables.commands), otherwise="return 1"
    )
    yield "# An option that takes a value: which values there are.\n"
    yield _function("option", _valued(tables), otherwise="return 1")
    yield "# What the next word of a command is, by the number of those before it.\n"
    yield _function("takes", _takes(tables), parameter='"$1 $2"')
    yield _function(
        "fields",
        ((f"'{place}'", _set(_words(entries))) for place, entries in tables.fields.items()),
        otherwise="return 1",
    )
    yield _function("values", ((f"'{place}'", _set(_words(entries))) for place, entries in tables.values.items()))


def _valued(tables: Tables) -> Iterator[tuple[str, str]]:
    by_values: dict[str, list[str]] = {}
    for command in tables.commands:
        for option in command.options:
            if option.takes_value:
                by_values.setdefault(" ".join(option.values), []).extend(
                    f"'{command.name} {name}'" for name in option.names
                )
    for values, places in by_values.items():
        yield "|".join(places), _set(values)


def _takes(tables: Tables) -> Iterator[tuple[str, str]]:
    lists = {"filters": _words(tables.filters), "names": _words(tables.names)}
    for command in tables.commands:
        for place in range(command.files):
            yield f"'{command.name} {place}'", "_lksig_kind=files ;;"
        for place, entries in enumerate(command.fixed):
            yield f"'{command.name} {place}'", f"_lksig_kind=words {_set(_words(entries))}"
        if command.words == "requests":
            yield f"'{command.name} '*", "_lksig_kind=requests ;;"
        elif command.words in lists:
            yield f"'{command.name} '*", f"_lksig_kind=words {_set(lists[command.words])}"


def _function(name: str, cases: Iterable[tuple[str, str]], *, otherwise: str = "", parameter: str = "$1") -> str:
    lines = [f"        {pattern}) {body}" for pattern, body in cases]
    if otherwise:
        lines.append(f"        *) {otherwise} ;;")
    return (
        f"_lksig_{name}() {{\n    _lksig_words=''\n    case {parameter} in\n" + "\n".join(lines) + "\n    esac\n}\n\n"
    )


def _set(words: str) -> str:
    return f"_lksig_words='{words}' ;;"


def _words(entries: Iterable[Entry]) -> str:
    return " ".join(word for word, _ in entries)


def _names(options: Iterable[Option]) -> str:
    return " ".join(name for option in options for name in option.names)
