"""How a prompt is drawn with prompt_toolkit: the output that writes once, the colours, the order of the parts.

No alternate screen and no mouse: scrollback, selection and search stay the terminal's own. No question is asked of the
terminal either (where the cursor is): the toolbar stands directly below the line and needs no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from prompt_toolkit.data_structures import Size
from prompt_toolkit.filters import Condition, has_completions
from prompt_toolkit.layout import (
    BufferControl,
    ConditionalContainer,
    Dimension,
    FormattedTextControl,
    HSplit,
    Layout,
    VerticalAlign,
    Window,
)
from prompt_toolkit.layout.processors import AppendAutoSuggestion, Processor
from prompt_toolkit.output.color_depth import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.styles import Style

from lksig.repl.completer import menu_height, menu_text
from lksig.repl.lexer import LineLexer

if TYPE_CHECKING:
    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.formatted_text import StyleAndTextTuples

STYLE = Style.from_dict(
    {
        "prompt": "bold",
        "case": "ansicyan",
        "verb": "ansimagenta",
        "field": "",
        "reference": "ansigreen",
        "comment": "ansibrightblack",
        "auto-suggestion": "ansibrightblack",
        "ways.chosen": "bold",
        "ways.meaning": "ansibrightblack",
        "toolbar": "reverse",
    }
)
"""Like `render.theme` only colours that every palette remaps."""

PLAIN_STYLE = Style.from_dict({"auto-suggestion": "noinherit", "toolbar": ""})


class OneWrite(Vt100_Output):
    """Output that can collect several steps into one write, so that nothing is seen half done."""

    def __init__(self, stdout: TextIO, get_size: Callable[[], Size], term: str | None) -> None:
        super().__init__(stdout, get_size, term=term, enable_bell=False, enable_cpr=False)
        self._is_collecting = False

    @classmethod
    def of_terminal(cls, stdout: TextIO, term: str | None) -> OneWrite:
        """The output to a real terminal."""
        measured = Vt100_Output.from_pty(stdout, term)
        return cls(stdout, measured.get_size, term)

    def flush(self) -> None:
        """Write what was collected, unless more is to come."""
        if not self._is_collecting:
            super().flush()

    @contextmanager
    def one_write(self) -> Iterator[None]:
        """Collect everything until the end of the block."""
        self._is_collecting = True
        try:
            yield
        finally:
            self._is_collecting = False
            self.flush()


def colour_depth(colour: bool) -> ColorDepth:
    """The sixteen colours, or none."""
    return ColorDepth.DEPTH_4_BIT if colour else ColorDepth.DEPTH_1_BIT


def style(colour: bool) -> Style:
    """The looks of the prompt."""
    return STYLE if colour else PLAIN_STYLE


def layout(
    buffer: Buffer,
    prefix: Callable[[int, int], StyleAndTextTuples],
    bar: Callable[[], StyleAndTextTuples],
    size: Callable[[], Size],
    column: Callable[[], int],
    *,
    suggests: bool,
) -> Layout:
    """The line, the menu below it, and the toolbar.

    Args:
        prefix: what stands before a row (number, wrapped part).
        column: where the word that is completed begins.
        suggests: the history's suggestion can be told from what is typed.
    """
    processors: list[Processor] = [AppendAutoSuggestion()] if suggests else []
    line = Window(
        BufferControl(buffer, lexer=LineLexer(), input_processors=processors),
        get_line_prefix=prefix,
        wrap_lines=True,
        height=Dimension(min=1),
        dont_extend_height=True,
    )
    menu = Window(
        FormattedTextControl(lambda: menu_text(buffer.complete_state, size().columns, column())),
        height=lambda: Dimension(min=0, preferred=menu_height(buffer.complete_state)),
        dont_extend_height=True,
    )
    has_room = Condition(lambda: size().rows > MIN_ROWS)
    toolbar = Window(FormattedTextControl(bar), height=1, dont_extend_height=True)
    parts = [line, ConditionalContainer(menu, has_completions & has_room), ConditionalContainer(toolbar, has_room)]
    return Layout(HSplit(parts, align=VerticalAlign.TOP), focused_element=line)


MIN_ROWS = 3
"""A lower terminal shows the line and nothing else."""
