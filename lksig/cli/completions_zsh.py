"""The completion script for zsh: a function of its completion system, with the meaning of every word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lksig.cli.completion_tables import Entry, Option, Tables

_HEAD = """\
#compdef lksig
# Completion of lksig for zsh: `lksig completions install zsh`, or put this file as `_lksig` into a folder of fpath.
# Made by `make docs`; nothing here starts lksig.

"""

_ENGINE = """
# The number of every element in a path becomes 0, as in the tables.
_lksig_plain() {
    _lksig_path=$1
    while [[ $_lksig_path =~ '^(.*\\.)[1-9][0-9]*(\\..*)?$' ]]; do _lksig_path=${match[1]}0${match[2]}; done
}

# Offer entries; behind a word that is not finished comes no blank.
_lksig_offer() {
    local what=$1 entry word
    local -a whole open
    shift
    for entry in "$@"; do
        # The colon that ends a word is escaped; the next one begins its meaning.
        word=${${entry//\\\\:/@colon@}%%:*}
        if [[ $word == *(=|.|@colon@) ]]; then open+=("$entry"); else whole+=("$entry"); fi
    done
    (( $#whole )) && _describe -t "$what" "$what" whole && found=0
    (( $#open )) && _describe -t "$what" "$what" open -S '' && found=0
}

# The fields of the request that begins with the last case, or the values of one of them.
_lksig_request() {
    local case=$1 cur=$PREFIX head word entry
    local -a set fresh
    shift
    set=("$@")
    if [[ $cur == *=* ]]; then
        if [[ ${cur#*=} == @* ]]; then
            compset -P '*=@'
            _files && found=0
            return
        fi
        _lksig_plain "${${cur%%=*}%+}"
        _lksig_values "$case $_lksig_path"
        compset -P '*='
        _lksig_offer value "${items[@]}"
        return
    fi
    _lksig_plain "$cur"
    local plain=$_lksig_path
    head=$plain
    while true; do
        if [[ $head == *.* ]]; then head=${head%.*}.; else head=; fi
        _lksig_fields "$case $head" && break
        [[ -z $head ]] && break
        head=${head%.}
    done
    for entry in "${items[@]}"; do
        word=$head${entry%%:*}
        [[ $word == ${(b)plain}* ]] || continue
        word=$cur${word#$plain}
        if [[ $word == *= && $word != *+= && -n ${(M)set:#${(b)word}*} ]]; then continue; fi
        fresh+=("$word:${entry#*:}")
    done
    _lksig_offer field "${fresh[@]}"
}

_lksig() {
    emulate -L zsh
    setopt extended_glob
    local word command='' case='' skip='' option='' kind=''
    local _lksig_path=''
    local -a items set match mbegin mend
    integer places=0 found=1
    for word in "${(@)words[2,CURRENT-1]}"; do
        option=''
        if [[ -n $skip ]]; then skip=''; continue; fi
        if [[ -z $command ]]; then
            [[ $word == -* ]] || command=$word
        elif [[ $word == -* ]]; then
            if _lksig_option "$command $word"; then skip=1 option=$word; fi
        elif _lksig_is_case "$word"; then
            case=$word set=()
            (( places += 1 ))
        else
            set+=("$word")
            (( places += 1 ))
        fi
    done
    if [[ -z $command ]]; then
        if [[ $PREFIX == -* ]]; then _lksig_offer option "${_lksig_root[@]}"
        else
            _lksig_offer command "${_lksig_commands[@]}"
            _files && found=0
        fi
    elif [[ -n $option ]]; then
        _lksig_option "$command $option"
        if (( $#items )); then _lksig_offer value "${items[@]}"; else _files && found=0; fi
    elif [[ $PREFIX == -* ]]; then
        _lksig_options "$command"
        _lksig_offer option "${items[@]}"
    else
        _lksig_takes "$command" "$places"
        case $kind in
            requests)
                [[ -n $case ]] && _lksig_request "$case" "${set[@]}"
                if [[ -z $case || -n $PREFIX ]] && [[ $PREFIX != *=* ]]; then
                    _lksig_offer request "${_lksig_cases[@]}"
                fi ;;
            words) _lksig_offer word "${items[@]}" ;;
            files) _files && found=0 ;;
        esac
    fi
    return found
}

if [[ $funcstack[1] == _lksig ]]; then _lksig "$@"; else compdef _lksig lksig; fi
"""


def script(tables: Tables) -> str:
    """The whole script."""
    return "".join([_HEAD, *_lists(tables), _ENGINE])


def _lists(tables: Tables) -> Iterator[str]:
    yield _array("_lksig_commands", ((command.name, command.meaning) for command in tables.commands))
    yield _array("_lksig_root", _options(tables.root))
    yield _array("_lksig_cases", tables.cases)
    yield _array("_lksig_filters", tables.filters)
    yield _array("_lksig_names", tables.names)
    yield _function("is_case", [("|".join(name for name, _ in tables.cases), "return 0 ;;")], otherwise="return 1")
    yield _function("options", ((command.name, _set(_options(command.options))) for command in tables.commands))
    yield "# An option that takes a value: which values there are.\n"
    yield _function("option", _valued(tables), otherwise="return 1")
    yield "# What the next word of a command is, by the number of those before it.\n"
    yield _function("takes", _takes(tables), parameter='"$1 $2"')
    yield _function(
        "fields", ((_quoted(place), _set(entries)) for place, entries in tables.fields.items()), otherwise="return 1"
    )
    yield _function("values", ((_quoted(place), _set(entries)) for place, entries in tables.values.items()))


def _valued(tables: Tables) -> Iterator[tuple[str, str]]:
    by_values: dict[tuple[str, ...], list[str]] = {}
    for command in tables.commands:
        for option in command.options:
            if option.takes_value:
                places = by_values.setdefault(option.values, [])
                places += [_quoted(f"{command.name} {name}") for name in option.names]
    for values, places in by_values.items():
        yield "|".join(places), _set((value, "") for value in values)


def _takes(tables: Tables) -> Iterator[tuple[str, str]]:
    for command in tables.commands:
        for place in range(command.files):
            yield _quoted(f"{command.name} {place}"), "kind=files ;;"
        for place, entries in enumerate(command.fixed):
            yield _quoted(f"{command.name} {place}"), f"kind=words {_set(entries)}"
        if command.words == "requests":
            yield f"{_quoted(command.name + ' ')}*", "kind=requests ;;"
        elif command.words in ("filters", "names"):
            yield f"{_quoted(command.name + ' ')}*", f'kind=words items=("${{_lksig_{command.words}[@]}}") ;;'


def _options(options: Iterable[Option]) -> Iterator[Entry]:
    return ((name, option.meaning) for option in options for name in option.names)


def _array(name: str, entries: Iterable[Entry]) -> str:
    lines = "".join(f"    {_entry(entry)}\n" for entry in entries)
    return f"typeset -ga {name}\n{name}=(\n{lines})\n\n"


def _function(name: str, cases: Iterable[tuple[str, str]], *, otherwise: str = "", parameter: str = '"$1"') -> str:
    lines = [f"        {pattern}) {body}" for pattern, body in cases]
    if otherwise:
        lines.append(f"        *) {otherwise} ;;")
    return f"_lksig_{name}() {{\n    items=()\n    case {parameter} in\n" + "\n".join(lines) + "\n    esac\n}\n\n"


def _set(entries: Iterable[Entry]) -> str:
    return f"items=({' '.join(map(_entry, entries))}) ;;"


def _entry(entry: Entry) -> str:
    word, meaning = entry
    return _quoted(word.replace(":", "\\:") + (f":{meaning}" if meaning else ""))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
