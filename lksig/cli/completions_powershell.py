"""The completion script for PowerShell 5.1 and newer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lksig.cli.completion_tables import Entry, Option, Tables

_HEAD = """\
# Completion of lksig for PowerShell 5.1 and newer: `lksig completions install powershell`, or dot-source this file in
# $PROFILE. Made by `make docs`; nothing here starts lksig. Entries are a word and its meaning, one after the other.

"""

_ENGINE = """
Register-ArgumentCompleter -Native -CommandName lksig -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    function Plain($path) {
        while ($path -match '^(.*\\.)[1-9][0-9]*(\\..*)?$') { $path = $Matches[1] + '0' + $Matches[2] }
        $path
    }
    function Offer($before, $entries) {
        for ($at = 0; $at + 1 -lt $entries.Count; $at += 2) {
            $word = $before + $entries[$at]
            if ($word.StartsWith($wordToComplete, [StringComparison]::Ordinal)) {
                $meaning = if ($entries[$at + 1]) { $entries[$at + 1] } else { $word }
                [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $meaning)
            }
        }
    }
    function Request($case, $set) {
        if ($wordToComplete.Contains('=')) {
            $head = $wordToComplete.Substring(0, $wordToComplete.IndexOf('=') + 1)
            Offer $head $lksigValues["$case $(Plain $head.TrimEnd('=', '+'))"]
            return
        }
        $plain = Plain $wordToComplete
        $head = $plain
        do {
            $head = $head -replace '[^.]*$', ''
            $entries = $lksigFields["$case $head"]
            $more = -not $entries -and $head
            if ($more) { $head = $head.TrimEnd('.') }
        } while ($more)
        $fresh = @()
        for ($at = 0; $at + 1 -lt $entries.Count; $at += 2) {
            $word = $head + $entries[$at]
            if (-not $word.StartsWith($plain, [StringComparison]::Ordinal)) { continue }
            $word = $wordToComplete + $word.Substring($plain.Length)
            $once = $word.EndsWith('=') -and -not $word.EndsWith('+=')
            if ($once -and ($set | Where-Object { $_.StartsWith($word, [StringComparison]::Ordinal) })) { continue }
            $fresh += $word, $entries[$at + 1]
        }
        Offer '' $fresh
    }

    $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })
    $command = $case = $option = ''
    $skip = $false
    $set = @()
    $places = 0
    foreach ($word in $before) {
        $option = ''
        if ($skip) { $skip = $false; continue }
        if (-not $command) {
            if (-not $word.StartsWith('-')) { $command = $word }
        } elseif ($word.StartsWith('-')) {
            if ($lksigValued.ContainsKey("$command $word")) { $skip = $true; $option = $word }
        } else {
            if ($lksigIsCase.ContainsKey($word)) { $case = $word; $set = @() } else { $set += $word }
            $places += 1
        }
    }
    if (-not $command) {
        if ($wordToComplete.StartsWith('-')) { Offer '' $lksigRoot } else { Offer '' $lksigCommands }
    } elseif ($option) {
        Offer '' $lksigValued["$command $option"]
    } elseif ($wordToComplete.StartsWith('-')) {
        Offer '' $lksigOptions[$command]
    } elseif ($lksigFixed.ContainsKey("$command $places")) {
        Offer '' $lksigFixed["$command $places"]
    } elseif ($lksigWords[$command] -eq 'requests') {
        if ($case) { Request $case $set }
        if ((-not $case -or $wordToComplete) -and -not $wordToComplete.Contains('=')) { Offer '' $lksigCases }
    } elseif ($lksigWords[$command] -eq 'filters' -and $places -ge $lksigFiles[$command]) {
        Offer '' $lksigFilters
    } elseif ($lksigWords[$command] -eq 'names') {
        Offer '' $lksigNames
    }
}
"""


def script(tables: Tables) -> str:
    """The whole script."""
    return "".join([_HEAD, *_lists(tables), _ENGINE])


def _lists(tables: Tables) -> Iterator[str]:
    commands = tables.commands
    yield _list("Commands", ((command.name, command.meaning) for command in commands))
    yield _list("Root", _options(tables.root))
    yield _list("Cases", tables.cases)
    yield _list("Filters", tables.filters)
    yield _list("Names", tables.names)
    yield _map("IsCase", ((name, "$true") for name, _ in tables.cases))
    yield _map("Options", ((command.name, _entries(_options(command.options))) for command in commands))
    valued = (
        (f"{command.name} {name}", _entries((value, "") for value in option.values))
        for command in commands
        for option in command.options
        if option.takes_value
        for name in option.names
    )
    yield _map("Valued", valued)
    yield _map(
        "Fixed",
        (
            (f"{command.name} {place}", _entries(entries))
            for command in commands
            for place, entries in enumerate(command.fixed)
        ),
    )
    yield _map("Words", ((command.name, _quoted(command.words)) for command in commands))
    yield _map("Files", ((command.name, str(command.files)) for command in commands))
    yield _map("Fields", ((place, _entries(entries)) for place, entries in tables.fields.items()))
    yield _map("Values", ((place, _entries(entries)) for place, entries in tables.values.items()))


def _options(options: Iterable[Option]) -> Iterator[Entry]:
    return ((name, option.meaning) for option in options for name in option.names)


def _list(name: str, entries: Iterable[Entry]) -> str:
    return f"$lksig{name} = {_entries(entries)}\n"


def _map(name: str, entries: Iterable[Entry]) -> str:
    # A plain `@{}` takes `-n` and `-N` for the same key.
    lines = "".join(f"$lksig{name}[{_quoted(key)}] = {value}\n" for key, value in entries)
    return f"$lksig{name} = [System.Collections.Hashtable]::new([StringComparer]::Ordinal)\n{lines}"


def _entries(entries: Iterable[Entry]) -> str:
    return f"@({', '.join(_quoted(text) for entry in entries for text in entry)})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
