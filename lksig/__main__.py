"""`python -m lksig`."""

from lksig.entry import main

main()
