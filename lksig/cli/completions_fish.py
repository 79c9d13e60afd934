"""The completion script for fish: one function that prints words and meanings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lksig.cli.completion_tables import Entry, Option, Tables

_HEAD = """\
# Completion of lksig for fish 3 and newer: `lksig completions install fish`, or put this file into
# ~/.config/fish/completions. Made by `make docs`; nothing here starts lksig.

"""

_ENGINE = """
# Entries are a word and its meaning, one after the other.
function __lksig_offer --argument-names before
    set -l entries $argv[2..]
    for at in (seq 1 2 (count $entries))
        printf '%s%s\\t%s\\n' $before $entries[$at] $entries[(math $at + 1)]
    end
end

# The number of every element in a path becomes 0, as in the tables.
function __lksig_plain --argument-names path
    while string match -qr '\\.[1-9][0-9]*(\\.|$)' -- $path
        set path (string replace -r '\\.[1-9][0-9]*(\\.|$)' '.0$1' -- $path)
    end
    printf '%s\\n' $path
end

# The fields of the request that begins with the last case, or the values of one of them.
function __lksig_request --argument-names case cur
    set -l words $argv[3..]
    if string match -q '*=*' -- $cur
        set -l head (string replace -r '=.*' '' -- $cur)
        set -l rest (string replace -r '^[^=]*=' '' -- $cur)
        if string match -q '@*' -- $rest
            for file in (__fish_complete_path (string sub -s 2 -- $rest))
                printf '%s=@%s\\n' $head $file
            end
            return
        end
        __lksig_offer $head= (__lksig_values "$case "(__lksig_plain (string trim -r -c + -- $head)))
        return
    end
    set -l plain ''
    test -n "$cur"; and set plain (__lksig_plain $cur)
    set -l head $plain
    set -l entries
    while true
        set head (string replace -r '[^.]*$' '' -- $head)
        set entries (__lksig_fields "$case $head")
        test (count $entries) -gt 0 -o -z "$head"; and break
        set head (string trim -r -c . -- $head)
    end
    for at in (seq 1 2 (count $entries))
        set -l word $head$entries[$at]
        test (string sub -l (string length -- "$plain") -- $word) = "$plain"; or continue
        set word $cur(string sub -s (math (string length -- "$plain") + 1) -- $word)
        if string match -qr '[^+]=$' -- $word
            set -l is_set
            for other in $words
                if test (string sub -l (string length -- $word) -- $other) = $word
                    set is_set 1
                end
            end
            test -n "$is_set"; and continue
        end
        printf '%s\\t%s\\n' $word $entries[(math $at + 1)]
    end
end

function __lksig_complete
    set -l before (commandline -opc)
    set -l cur (commandline -ct)
    set -l command
    set -l case
    set -l skip
    set -l option
    set -l words
    set -l places 0
    for word in $before[2..]
        set option
        if test -n "$skip"
            set skip
        else if test -z "$command"
            string match -q -- '-*' $word; or set command $word
        else if string match -q -- '-*' $word
            if __lksig_takes_value "$command $word"
                set skip 1
                set option $word
            end
        else
            if __lksig_is_case $word
                set case $word
                set words
            else
                set -a words $word
            end
            set places (math $places + 1)
        end
    end
    if test -z "$command"
        if string match -q -- '-*' $cur
            __lksig_offer '' (__lksig_root)
        else
            __lksig_offer '' (__lksig_commands)
            test -n "$cur"; and __fish_complete_path $cur
        end
    else if test -n "$option"
        set -l values (__lksig_option "$command $option")
        if test (count $values) -gt 0
            __lksig_offer '' $values
        else
            __fish_complete_path $cur
        end
    else if string match -q -- '-*' $cur
        __lksig_offer '' (__lksig_options $command)
    else
        set -l kind (__lksig_takes "$command $places")
        switch "$kind[1]"
            case requests
                test -n "$case"; and __lksig_request $case "$cur" $words
                if test -z "$case" -o -n "$cur"; and not string match -q '*=*' -- $cur
                    __lksig_offer '' (__lksig_cases)
                end
            case words
                __lksig_offer '' $kind[2..]
            case files
                __fish_complete_path $cur
        end
    end
end

complete -c lksig -e
complete -c lksig -f -a '(__lksig_complete)'
"""


def script(tables: Tables) -> str:
    """The whole script."""
    return "".join([_HEAD, *_lists(tables), _ENGINE])


def _lists(tables: Tables) -> Iterator[str]:
    yield _list("commands", ((command.name, command.meaning) for command in tables.commands))
    yield _list("root", _options(tables.root))
    yield _list("cases", tables.cases)
    yield _list("filters", tables.filters)
    yield _list("names", tables.names)
    cases = " ".join(name for name, _ in tables.cases)
    yield f"function __lksig_is_case --argument-names word\n    contains -- $word {cases}\nend\n\n"
    yield _function("options", ((_quoted(one.name), _print(_options(one.options))) for one in tables.commands))
    valued = [
        (f"{command.name} {name}", option.values)
        for command in tables.commands
        for option in command.options
        if option.takes_value
        for name in option.names
    ]
    places = " ".join(_quoted(place) for place, _ in valued)
    yield f"function __lksig_takes_value --argument-names place\n    contains -- $place {places}\nend\n\n"
    by_values: dict[tuple[str, ...], list[str]] = {}
    for place, values in valued:
        by_values.setdefault(values, []).append(_quoted(place))
    yield _function(
        "option",
        ((" ".join(found), _print((value, "") for value in values)) for values, found in by_values.items() if values),
    )
    yield "# What the next word of a command is, by the number of those before it.\n"
    yield _function("takes", _takes(tables))
    yield _function("fields", ((_quoted(place), _print(entries)) for place, entries in tables.fields.items()))
    yield _function("values", ((_quoted(place), _print(entries)) for place, entries in tables.values.items()))


def _takes(tables: Tables) -> Iterator[tuple[str, str]]:
    for command in tables.commands:
        for place in range(command.files):
            yield _quoted(f"{command.name} {place}"), "echo files"
        for place, entries in enumerate(command.fixed):
            yield _quoted(f"{command.name} {place}"), f"echo words; {_print(entries)}"
        if command.words == "requests":
            yield _quoted(f"{command.name} *"), "echo requests"
        elif command.words in ("filters", "names"):
            yield _quoted(f"{command.name} *"), f"echo words; __lksig_{command.words}"


def _options(options: Iterable[Option]) -> Iterator[Entry]:
    return ((name, option.meaning) for option in options for name in option.names)


def _list(name: str, entries: Iterable[Entry]) -> str:
    return f"function __lksig_{name}\n    {_print(entries)}\nend\n\n"


def _function(name: str, cases: Iterable[tuple[str, str]]) -> str:
    lines = "\n".join(f"        case {pattern}\n            {body}" for pattern, body in cases)
    return f"function __lksig_{name} --argument-names place\n    switch $place\n{lines}\n    end\nend\n\n"


def _print(entries: Iterable[Entry]) -> str:
    words = " ".join(_quoted(text) for entry in entries for text in entry)
    return f"printf '%s\\n' {words}"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
